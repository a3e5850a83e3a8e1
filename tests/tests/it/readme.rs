//! The README tells what is.
