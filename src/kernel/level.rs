//! The instruction sets for which inner loops are compiled.

/// An instruction set, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every processor of the target has.
    Baseline,
    /// AVX2 with fused multiply-add.
    Avx2,
    /// AVX-512 with its instructions for bytes and words.
    Avx512,
    /// AVX-512 with its instructions for integer products (VNNI).
    Avx512Vnni,
}

/// Returns the name of the instruction set for which the inner loops of this program run on this processor: `baseline`, `avx2`,
/// `avx512` or `avx512-vnni`.
#[must_use]
pub fn processor_level() -> &'static str {
    match Level::current() {
        Level::Baseline => "baseline",
        Level::Avx2 => "avx2",
        Level::Avx512 => "avx512",
        Level::Avx512Vnni => "avx512-vnni",
    }
}

impl Level {
    /// All levels, in order.
    #[cfg(any(test, feature = "bench"))]
    const ALL: [Self; 4] = [Self::Baseline, Self::Avx2, Self::Avx512, Self::Avx512Vnni];

    /// Returns the levels that the processor supports and that are not hidden.
    #[cfg(any(test, feature = "bench"))]
    pub fn available() -> impl Iterator<Item = Self> {
        let current = Self::current();
        Self::ALL.into_iter().filter(move |&level| level <= current)
    }

    /// Returns the best level that the processor supports and that is not hidden.
    #[inline]
    pub(crate) fn current() -> Self {
        Self::detected().min(hidden::highest())
    }

    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn detected() -> Self {
        if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
            Self::Baseline
        } else if !(is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw")) {
            Self::Avx2
        } else if !is_x86_feature_detected!("avx512vnni") {
            Self::Avx512
        } else {
            Self::Avx512Vnni
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline]
    fn detected() -> Self {
        Self::Baseline
    }
}

/// A switch for benchmarks of all levels on one machine.
#[cfg(feature = "bench")]
pub(crate) mod hidden {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::Level;

    static HIGHEST: AtomicU8 = AtomicU8::new(Level::Avx512Vnni as u8);

    /// Hides all levels above `highest` from this process.
    pub(crate) fn hide_above(highest: Level) {
        HIGHEST.store(highest as u8, Ordering::Relaxed);
    }

    pub(super) fn highest() -> Level {
        Level::ALL[usize::from(HIGHEST.load(Ordering::Relaxed))]
    }
}

#[cfg(not(feature = "bench"))]
mod hidden {
    use super::Level;

    #[inline]
    pub(super) fn highest() -> Level {
        Level::Avx512Vnni
    }
}
