//! Packing a folder while it is read.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use super::chunk::UNCUT_BYTES;
use super::cut::{Buffers, CutFile, Cutter, SECTION_BYTES, WINDOW_BYTES};
use super::error::BundleError;
use super::layout::packing_key;
use super::line::Line;
use super::manifest::{Builder, Kind, Manifest};
use super::names::Names;
use super::open::Bundle;
use super::output::{Failure, Output, Seal, Written};
use crate::hashing::{Algorithm, Digest, Found, Known, Listing, Memo, Piece, Skipped, Stamp, list, now_ns};
use crate::watch::Watch;

/// What is packed, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a> {
    pub root: &'a Path,
    pub base: Option<&'a Bundle>,
    pub memo: Option<&'a Memo>,
    pub any_name: bool,
    pub seal: Seal<'a>,
    pub pool: &'a rayon::ThreadPool,
    pub watch: &'a Watch,
}

/// What came of it.
#[derive(Debug)]
pub struct PackedFolder {
    pub manifest: Manifest,
    pub written: Written,
    pub skipped: Vec<Skipped>,
    pub files_read: usize,
    pub began_ns: i64,
    /// For the memo.
    pub learnt: Vec<(String, Stamp, Known)>,
}

/// A file whose chunks are known.
#[derive(Debug)]
struct File {
    stamp: Stamp,
    pieces: Vec<Piece>,
    digest: Option<Digest>,
}

impl Folder<'_> {
    pub fn pack(&self, output: &mut Output<'_>) -> Result<PackedFolder, Failure> {
        let began_ns = now_ns();
        let listing = list(self.root, self.pool, self.watch)?;
        self.watch.expect_bytes(listing.files.iter().map(|found| found.stamp.size).sum());
        let in_base: HashSet<Digest> = self
            .base
            .into_iter()
            .flat_map(|base| base.manifest().chunks())
            .map(|chunk| chunk.digest)
            .collect();
        let mut files = self.recalled(&listing.files, &in_base);
        let windows = windows(&listing.files, &files);

        let buffers = Buffers::default();
        let cutter = Cutter { root: self.root, listed: &listing.files, buffers: &buffers, watch: self.watch };
        let (builder, order) = self.pool.in_place_scope(|scope| {
            let mut line = Line::new(scope, &cutter, &windows, &in_base, 2 * self.pool.current_num_threads());
            line.beside(|| self.check_names(&listing));
            for CutFile { number, stamp, pieces, .. } in line.cut(output)? {
                match &mut files[number] {
                    Some(file) => file.pieces.extend(pieces),
                    empty => *empty = Some(File { stamp, pieces, digest: None }),
                }
            }
            // While the last packs are compressed.
            let builder = build(&listing, &files)?;
            Ok::<_, Failure>((builder, line.pack(output)?))
        })?;

        // Every carried chunk is of a file that was added.
        let order = order.iter().filter_map(|digest| builder.number(digest)).collect();
        let manifest = builder.finish();
        let written = output.finish(&manifest, order, self.base.map(Bundle::name), self.seal)?;
        let files_read = windows.iter().map(Vec::len).sum();
        let learnt =
            listing.files.into_iter().zip(files).filter_map(|(found, file)| learnt(found.path, file?));
        Ok(PackedFolder {
            manifest,
            written,
            skipped: listing.skipped,
            files_read,
            began_ns,
            learnt: learnt.collect(),
        })
    }

    /// The files that need not be read: the memo knows their chunks, and the base has them.
    fn recalled(&self, listed: &[Found], in_base: &HashSet<Digest>) -> Vec<Option<File>> {
        let memo = self.memo.filter(|memo| memo.algorithm() == Algorithm::Blake3 && self.base.is_some());
        let Some(memo) = memo else { return listed.iter().map(|_| None).collect() };
        let recalled = memo.recall(listed);
        let file = |(found, known): (&Found, Option<&Known>)| {
            let known = known?;
            let pieces = remembered(known, found.stamp.size)?;
            if !pieces.iter().all(|piece| in_base.contains(&piece.digest)) {
                return None;
            }
            self.watch.did_files(1);
            self.watch.did_bytes(found.stamp.size);
            Some(File { stamp: found.stamp, pieces, digest: known.digest })
        };
        self.pool.install(|| listed.par_iter().zip(recalled).map(file).collect())
    }

    fn check_names(&self, listing: &Listing) -> Result<(), BundleError> {
        if self.any_name {
            return Ok(());
        }
        let mut names = Names::default();
        for (path, _) in in_order(listing) {
            self.watch.check()?;
            names.add(path).map_err(|fault| BundleError::Name { path: path.to_owned(), fault })?;
        }
        Ok(())
    }
}

/// Files and empty folders in the order of their paths' bytes; with a file comes its place in the listing.
fn in_order(listing: &Listing) -> impl Iterator<Item = (&str, Option<usize>)> {
    let mut folders = listing.empty_folders.iter().peekable();
    let mut files = listing.files.iter().enumerate().peekable();
    std::iter::from_fn(move || {
        let next_file = files.peek().map(|(_, found)| found.path.as_str());
        match folders.next_if(|folder| next_file.is_none_or(|file| folder.as_str() < file)) {
            Some(folder) => Some((folder.as_str(), None)),
            None => files.next().map(|(number, found)| (found.path.as_str(), Some(number))),
        }
    })
}

/// Which files are read together, in the order in which their chunks are packed.
fn windows(listed: &[Found], files: &[Option<File>]) -> Vec<Vec<usize>> {
    let mut unknown: Vec<usize> = (0..listed.len()).filter(|number| files[*number].is_none()).collect();
    unknown.sort_unstable_by(|a, b| packing_key(&listed[*a].path).cmp(&packing_key(&listed[*b].path)));
    let mut windows: Vec<Vec<usize>> = Vec::new();
    let mut room = 0;
    for number in unknown {
        let size = listed[number].stamp.size;
        match windows.last_mut() {
            Some(window) if size <= room => {
                window.push(number);
                room -= size;
            }
            _ => {
                windows.push(vec![number]);
                // Nothing is read together with a file that is read in sections.
                room = if size > SECTION_BYTES as u64 { 0 } else { WINDOW_BYTES.saturating_sub(size) };
            }
        }
    }
    windows
}

fn build(listing: &Listing, files: &[Option<File>]) -> Result<Builder, BundleError> {
    let mut builder = Builder::default();
    for (path, number) in in_order(listing) {
        let Some(number) = number else {
            builder.add(path, Kind::EmptyFolder, &[])?;
            continue;
        };
        if let Some(file) = &files[number] {
            let kind = if listing.files[number].executable { Kind::Executable } else { Kind::File };
            builder.add(path, kind, &file.pieces)?;
        }
    }
    Ok(builder)
}

/// The pieces of a file of `size` bytes, where the memo knows enough of it.
fn remembered(known: &Known, size: u64) -> Option<Vec<Piece>> {
    if let Some(pieces) = &known.pieces {
        return Some(pieces.to_vec());
    }
    // A file this small is never cut. A larger one may have been one chunk too, but its digest alone does not say so.
    let length = u32::try_from(size).ok().filter(|size| *size as usize <= UNCUT_BYTES)?;
    let digest = known.digest?;
    Some(if length == 0 { Vec::new() } else { vec![Piece { digest, length }] })
}

/// What the memo keeps. One piece is the whole file, so its digest is the file's.
#[expect(clippy::unnecessary_wraps, reason = "it ends a chain of options")]
fn learnt(path: String, file: File) -> Option<(String, Stamp, Known)> {
    let known = match file.pieces[..] {
        [piece] if piece.length as usize <= UNCUT_BYTES => Known { digest: Some(piece.digest), pieces: None },
        [piece] => Known { digest: Some(piece.digest), pieces: Some(file.pieces.into()) },
        _ => Known { digest: file.digest, pieces: Some(file.pieces.into()) },
    };
    Some((path, file.stamp, known))
}
