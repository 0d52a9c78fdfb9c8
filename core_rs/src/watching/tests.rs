mod coalescing;
mod seeing;
