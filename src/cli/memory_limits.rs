//! How much memory the program can use: the limits of the process, of its container, and of the machine.

use std::fs;

use sysinfo::{MemoryRefreshKind, RefreshKind, System};

/// The limits of this process, on systems that have the file.
const LIMITS: &str = "/proc/self/limits";
/// What this process uses.
const STATUS: &str = "/proc/self/status";

/// The caches of the first processor.
const CACHES: &str = "/sys/devices/system/cpu/cpu0/cache";

/// A limit of the process or of its container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What the process may use in all, in bytes.
    pub bytes: u64,
    /// The limit in words.
    pub name: &'static str,
}

/// Memory in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AvailableMemory {
    /// What the machine has in all.
    pub machine: u64,
    /// What this process can use of what is free on the machine, or in its container, with what it holds.
    pub free: u64,
    /// What the limits of the process and of its container allow; `None` without limits.
    pub allowed: Option<Limit>,
    /// Addresses that are reserved without memory, such as those of the program's file and of matrix products; 0 unless
    /// addresses are limited.
    pub reserved: u64,
}

impl AvailableMemory {
    /// Measures the memory for so many threads.
    pub fn measure(threads: u64) -> Self {
        let kind = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let system = System::new_with_specifics(kind);
        let (held, size) = (used("VmRSS:"), used("VmSize:"));
        let reserved = if limits_addresses() {
            size.saturating_sub(held)
                .saturating_add(threads.saturating_mul(product_addresses()))
        } else {
            0
        };
        let container = system
            .cgroup_limits()
            .filter(|limits| limits.total_memory < system.total_memory())
            .map(|limits| limits.free_memory);
        let beside_data = size.saturating_sub(used("VmData:"));
        let data = limit("Max data size").map(|limit| limit.saturating_add(beside_data));
        let with_held = |free: u64| free.saturating_add(held).saturating_add(reserved);
        let limits = [
            (container.map(with_held), "the memory of the container"),
            (
                limit("Max address space"),
                "the limit of addresses (`ulimit -v`)",
            ),
            (data, "the limit of data (`ulimit -d`)"),
        ];
        let limits = limits
            .into_iter()
            .filter_map(|(bytes, name)| bytes.map(|bytes| Limit { bytes, name }));
        let free = container.map_or(system.available_memory(), |free| {
            free.min(system.available_memory())
        });
        Self {
            machine: system.total_memory(),
            free: with_held(free),
            allowed: limits.min_by_key(|limit| limit.bytes),
            reserved,
        }
    }

    /// Returns what the program can use in all.
    pub fn usable(self) -> u64 {
        self.within(self.free)
    }

    /// Returns as much of `bytes` as the limits allow.
    pub fn within(self, bytes: u64) -> u64 {
        self.allowed.map_or(bytes, |limit| bytes.min(limit.bytes))
    }
}

/// Checks whether the addresses of this process are limited.
pub fn limits_addresses() -> bool {
    limit("Max address space").is_some()
}

/// Returns the addresses that the matrix products of the crate `faer` reserve per thread: twice the largest cache of the processor.
fn product_addresses() -> u64 {
    let caches = fs::read_dir(CACHES).into_iter().flatten().flatten();
    let sizes = caches.filter_map(|cache| fs::read_to_string(cache.path().join("size")).ok());
    2 * sizes
        .filter_map(|size| parse_cache(&size))
        .max()
        .unwrap_or(0)
}

/// Returns the size of a cache, which is in units of K or M.
fn parse_cache(size: &str) -> Option<u64> {
    let size = size.trim();
    let (digits, unit) = size.split_at(size.len().checked_sub(1)?);
    let unit = match unit {
        "K" => 1 << 10,
        "M" => 1 << 20,
        _ => return None,
    };
    digits.parse::<u64>().ok().map(|count| count * unit)
}

/// Returns a limit of this process in bytes; `None` if there is none.
fn limit(name: &str) -> Option<u64> {
    parse_limit(&fs::read_to_string(LIMITS).ok()?, name)
}

/// Returns the soft limit, the first value after its name.
fn parse_limit(limits: &str, name: &str) -> Option<u64> {
    let rest = limits.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Returns what this process uses, in bytes; 0 on systems that do not say.
fn used(name: &str) -> u64 {
    let status = fs::read_to_string(STATUS).unwrap_or_default();
    parse_status(&status, name).unwrap_or(0)
}

fn parse_status(status: &str, name: &str) -> Option<u64> {
    let rest = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = rest.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_the_first_number_after_its_name() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max data size             unlimited            unlimited            bytes     \n\
                      Max address space         1536000000           unlimited            bytes     \n";
        assert_eq!(
            parse_limit(limits, "Max address space"),
            Some(1_536_000_000)
        );
        assert_eq!(parse_limit(limits, "Max data size"), None);
        assert_eq!(parse_limit(limits, "Max stack size"), None);
    }

    #[test]
    fn caches_have_units() {
        assert_eq!(parse_cache("48K\n"), Some(49_152));
        assert_eq!(parse_cache("2M"), Some(2 << 20));
        assert_eq!(parse_cache(""), None);
    }

    #[test]
    fn what_the_process_uses_is_in_kilobytes() {
        let status = "VmPeak:\t   20000 kB\nVmSize:\t   10000 kB\n";
        assert_eq!(parse_status(status, "VmSize:"), Some(10_240_000));
        assert_eq!(parse_status(status, "VmRSS:"), None);
    }
}
