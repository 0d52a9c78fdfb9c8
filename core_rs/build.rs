//! Builds a digest of the crate's sources in, which `core_rs/_freshness.py` compares at import.
//!
//! The digest is BLAKE3 over every source file in the order of its path: the path, a zero byte,
//! the length as eight little-endian bytes, the bytes.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = vec!["Cargo.toml".to_owned(), "build.rs".to_owned()];
    collect(&root, "src", &mut files)?;
    files.sort();

    let mut hasher = blake3::Hasher::new();
    for file in &files {
        let bytes = fs::read(root.join(file))?;
        hasher.update(file.as_bytes()).update(&[0]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.toml");
    println!("cargo::rustc-env=CORE_RS_SOURCES_DIGEST={}", hasher.finalize().to_hex());
    Ok(())
}

fn collect(root: &Path, folder: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().into_string().expect("source files have plain names");
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
