//! A reader that fails beyond a limit, which can be set anew while it reads.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// How many bytes may still be read; clones share the number.
#[derive(Clone)]
pub(crate) struct Allowance(Rc<Cell<u64>>);

impl Allowance {
    pub(crate) fn new(bytes: u64) -> Self {
        Self(Rc::new(Cell::new(bytes)))
    }

    pub(crate) fn set(&self, bytes: u64) {
        self.0.set(bytes);
    }
}

/// A reader that fails once it exceeds its allowance.
pub(crate) struct LimitedReader<R> {
    file: R,
    allowance: Allowance,
    /// Returns the error beyond the allowance.
    beyond: fn() -> io::Error,
}

impl<R> LimitedReader<R> {
    pub(crate) fn new(file: R, allowance: &Allowance, beyond: fn() -> io::Error) -> Self {
        Self {
            file,
            allowance: allowance.clone(),
            beyond,
        }
    }
}

impl<R: Read> Read for LimitedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        let left = self.allowance.0.get().checked_sub(count as u64);
        self.allowance.set(left.ok_or_else(self.beyond)?);
        Ok(count)
    }
}
