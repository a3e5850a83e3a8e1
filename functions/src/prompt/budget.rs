//! How much of an incident a model reads.

/// Tokens of a prompt unless said otherwise: small models have 8,192, and the answer needs some.
pub const DEFAULT_TOKENS: usize = 6000;

/// An estimate of the tokens of a text: a third of its bytes in UTF-8, rounded up.
///
/// English prose has about four bytes a token; hashes, addresses and command lines two to three. A third keeps mixed
/// incident text on the safe side. It is an estimate: no tokenizer is built in.
#[must_use]
pub fn tokens(text: &str) -> usize {
    const BYTES: usize = 3;
    text.len().div_ceil(BYTES)
}

/// What is left to spend.
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    pub(super) fn new(tokens: usize) -> Self {
        Self { left: tokens }
    }

    /// Spends on what comes whatever it costs.
    pub(super) fn must(&mut self, text: &str) {
        self.left = self.left.saturating_sub(tokens(text));
    }

    /// Takes items from the front while they fit into `percent` of what is left. Gives those taken and how many were not.
    pub(super) fn take<T>(&mut self, items: Vec<T>, percent: usize, text: impl Fn(&T) -> String) -> (Vec<T>, usize) {
        let mut share = self.left.saturating_mul(percent) / 100;
        let count = items.len();
        let mut taken = Vec::new();
        for item in items {
            let cost = tokens(&text(&item));
            if cost > share {
                break;
            }
            share -= cost;
            self.left -= cost;
            taken.push(item);
        }
        let left_out = count - taken.len();
        (taken, left_out)
    }

    /// As much of the text as fits, and the number of characters that did not.
    pub(super) fn cut(&mut self, text: &str) -> (String, usize) {
        let end = text.floor_char_boundary(self.left.saturating_mul(3));
        let (kept, rest) = text.split_at(end.min(text.len()));
        self.must(kept);
        (kept.to_owned(), rest.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_taken_while_they_fit() {
        let mut budget = Budget::new(4);
        let (taken, left_out) = budget.take(vec!["aaa", "bbb", "ccc", "ddd"], 50, ToString::to_string);
        assert_eq!((taken, left_out), (vec!["aaa", "bbb"], 2));
        assert_eq!(budget.cut("abcdefghij"), ("abcdef".to_owned(), 4));
        assert_eq!(Budget::new(usize::MAX).cut("abc").1, 0);
    }
}
