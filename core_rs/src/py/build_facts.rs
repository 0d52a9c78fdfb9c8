//! What this module was built from, so that the package can refuse one that is out of date.

use pyo3::prelude::*;

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("SOURCES_DIGEST", env!("CORE_RS_SOURCES_DIGEST"))?;
    module.add("DEBUG_BUILD", cfg!(debug_assertions))?;
    Ok(())
}
