mod coalescing;
#[cfg(target_os = "linux")]
mod on_linux;
mod seeing;
mod seen;
