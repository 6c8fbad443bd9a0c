//! What a process exchanges with others in each pass over the images.

use nmf_images::report::MpiReport;

/// What a process has sent and received since it started.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exchanged {
    pub bytes: u64,
    /// Time spent on it, including the time spent waiting for others.
    pub seconds: f64,
}

/// A communicator that counts what is exchanged.
pub trait TrafficCounter: Sync {
    fn exchanged(&self) -> Exchanged;
}

/// The state of the counter at an iteration.
#[derive(Debug, Clone, Copy, Default)]
struct CounterReading {
    iteration: usize,
    exchanged: Exchanged,
}

/// The average traffic per pass, without the first pass of a fit.
pub struct PassTraffic<'a> {
    counter: &'a dyn TrafficCounter,
    first: Option<CounterReading>,
    last: CounterReading,
}

impl<'a> PassTraffic<'a> {
    pub fn new(counter: &'a dyn TrafficCounter) -> Self {
        Self {
            counter,
            first: None,
            last: CounterReading::default(),
        }
    }

    /// Reads the counter at an iteration.
    pub fn record(&mut self, iteration: usize) {
        self.last = CounterReading {
            iteration,
            exchanged: self.counter.exchanged(),
        };
        // Each of several starts begins with iteration 1.
        if iteration == 1 || self.first.is_none() {
            self.first = Some(self.last);
        }
    }

    /// Returns the averages for the report.
    pub fn report(&self, ranks: usize) -> MpiReport {
        let (first, last) = (self.first.unwrap_or_default(), self.last);
        let passes = last.iteration - first.iteration;
        let divisor = passes.max(1);
        MpiReport {
            ranks,
            passes,
            bytes_per_pass: (last.exchanged.bytes - first.exchanged.bytes) / divisor as u64,
            seconds_per_pass: (last.exchanged.seconds - first.exchanged.seconds) / divisor as f64,
        }
    }
}
