//! What calls the handlers from outside. Hosts translate and nothing else.

#[cfg(feature = "azure")]
pub mod azure;
pub mod cli;
#[cfg(feature = "aws")]
pub mod lambda;
mod output;
#[cfg(any(feature = "azure", feature = "aws"))]
mod work;
