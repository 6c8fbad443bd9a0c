//! Work without the interpreter, which is asked at intervals for Ctrl-C.

use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

use crate::blocks::with_threads;

/// How often the interpreter is asked.
const INTERVAL: Duration = Duration::from_millis(100);

/// What a fit and the thread that waits for it share.
#[derive(Default)]
pub(super) struct Watch {
    interrupted: AtomicBool,
    /// The latest iteration and its relative error, until it is shown.
    latest: Mutex<Option<(usize, f64)>>,
}

impl Watch {
    /// Records an iteration; returns whether Ctrl-C was pressed.
    pub(super) fn record(&self, iteration: usize, relative_error: f64) -> bool {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((iteration, relative_error));
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Asks the interpreter for Ctrl-C, and calls `show` with the latest iteration.
    fn look(&self, py: Python<'_>, show: Option<&Py<PyAny>>) -> PyResult<()> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let iteration = latest.take();
        drop(latest);
        py.check_signals()?;
        if let (Some(show), Some(iteration)) = (show, iteration) {
            show.call1(py, iteration)?;
        }
        Ok(())
    }
}

/// Runs `work` without the interpreter, on threads of its own: a process that is forked later has none of a shared pool.
/// Meanwhile `show` is called with iterations that `work` records. An exception, such as that of Ctrl-C, is recorded as an
/// interruption, and returned beside the result.
pub(super) fn without_interpreter<R: Send>(
    py: Python<'_>,
    watch: &Watch,
    show: Option<&Py<PyAny>>,
    work: impl FnOnce() -> R + Send,
) -> (R, Option<PyErr>) {
    py.detach(|| {
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::channel();
            // 0 stands for one thread per core, or RAYON_NUM_THREADS.
            let worker = scope.spawn(move || sender.send(with_threads(Some(0), work)));
            let mut exception = None;
            loop {
                match receiver.recv_timeout(INTERVAL) {
                    Ok(result) => return (result, exception),
                    Err(RecvTimeoutError::Timeout) if exception.is_some() => {}
                    Err(RecvTimeoutError::Timeout) => {
                        exception = Python::attach(|py| watch.look(py, show)).err();
                        watch
                            .interrupted
                            .store(exception.is_some(), Ordering::Relaxed);
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            match worker.join() {
                Err(panic) => panic::resume_unwind(panic),
                Ok(_) => unreachable!("a worker that returns has sent its result"),
            }
        })
    })
}
