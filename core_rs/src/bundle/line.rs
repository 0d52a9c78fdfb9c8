//! The assembly line of a folder: windows of files are cut on some threads while packs are compressed on others.
//!
//! The calling thread takes both in order, so that the bundle does not depend on who was faster.

use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use rayon::Scope;

use super::caps::PACK_BYTES;
use super::cut::{Buffer, Cursor, Cut, CutFile, Cutter};
use super::error::BundleError;
use super::ordered::Promise;
use super::output::{Failure, Output, Stored};
use super::write::pack_of;
use crate::hashing::Digest;
use crate::watch::Watch;

/// What the threads send.
enum Message<'s> {
    /// A window is cut: its number, and that of its section.
    Cut((usize, usize), Result<Cut<'s>, BundleError>),
    /// A pack is compressed: its number, and how many chunks it has.
    Packed(usize, Result<(Stored, usize), BundleError>),
    /// Something beside the line is done.
    Beside(Result<(), BundleError>),
}

/// Memory that a chunk is in until it is packed.
enum Place<'s> {
    Window(Arc<Buffer<'s>>),
    /// Its window had little else that is new.
    Own(Arc<[u8]>),
}

impl Deref for Place<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Window(buffer) => buffer,
            Self::Own(bytes) => bytes,
        }
    }
}

impl Clone for Place<'_> {
    fn clone(&self) -> Self {
        match self {
            Self::Window(buffer) => Self::Window(Arc::clone(buffer)),
            Self::Own(bytes) => Self::Own(Arc::clone(bytes)),
        }
    }
}

/// One chunk of a pack.
struct Part<'s> {
    place: Place<'s>,
    begin: usize,
    length: usize,
}

/// A window of which less than this part is new is let go, and what is new in it copied: a pack of a version that
/// differs little from its base gathers a chunk here and there, and would keep all the windows between.
const LEAST_NEW_SHARE: usize = 4;

/// A pack that is being gathered.
#[derive(Default)]
struct Gathered<'s> {
    parts: Vec<Part<'s>>,
    bytes: usize,
}

/// The line as the calling thread sees it, which must not be one of those that work.
pub struct Line<'l, 's> {
    scope: &'l Scope<'s>,
    cutter: &'s Cutter<'s>,
    windows: &'s [Vec<usize>],
    /// Chunks that are not packed.
    in_base: &'s HashSet<Digest>,
    /// How many windows, and how many packs, may be under way.
    most: usize,
    sender: Sender<Option<Message<'s>>>,
    receiver: Receiver<Option<Message<'s>>>,
    windows_started: usize,
    /// The window and section to be taken next.
    next_cut: (usize, usize),
    early_cuts: BTreeMap<(usize, usize), Cut<'s>>,
    packed: HashSet<Digest>,
    pack: Gathered<'s>,
    packs_started: usize,
    next_pack: usize,
    early_packs: BTreeMap<usize, (Stored, usize)>,
    /// How much beside the line is not done.
    beside: usize,
    /// In the order of the windows; a large file comes in sections, one after another.
    files: Vec<CutFile>,
    /// The chunks in the packs, as they are packed.
    order: Vec<Digest>,
}

impl<'l, 's> Line<'l, 's> {
    pub fn new(
        scope: &'l Scope<'s>,
        cutter: &'s Cutter<'s>,
        windows: &'s [Vec<usize>],
        in_base: &'s HashSet<Digest>,
        most: usize,
    ) -> Self {
        let (sender, receiver) = channel();
        Self {
            scope,
            cutter,
            windows,
            in_base,
            most,
            sender,
            receiver,
            windows_started: 0,
            next_cut: (0, 0),
            early_cuts: BTreeMap::new(),
            packed: HashSet::new(),
            pack: Gathered::default(),
            packs_started: 0,
            next_pack: 0,
            early_packs: BTreeMap::new(),
            beside: 0,
            files: Vec::new(),
            order: Vec::new(),
        }
    }

    /// Do `work` too, on one of the threads; its error ends the line at once.
    pub fn beside(&mut self, work: impl FnOnce() -> Result<(), BundleError> + Send + 's) {
        let promise = Promise::new(&self.sender);
        self.scope.spawn(move |_| promise.keep(Message::Beside(work())));
        self.beside += 1;
    }

    /// Run until every window is cut, and return what was found in them.
    pub fn cut(&mut self, output: &mut Output<'_>) -> Result<Vec<CutFile>, Failure> {
        self.start();
        while self.next_cut.0 < self.windows.len() && self.step(output)? {}
        Ok(std::mem::take(&mut self.files))
    }

    /// Run until every pack is written and all else is done, and return the chunks in them, as they are packed.
    pub fn pack(&mut self, output: &mut Output<'_>) -> Result<Vec<Digest>, Failure> {
        while (self.next_pack < self.packs_started || self.beside > 0) && self.step(output)? {}
        Ok(std::mem::take(&mut self.order))
    }

    /// Take what is done next, and start what may be started; false where a task panicked, which leaving the scope
    /// passes on.
    fn step(&mut self, output: &mut Output<'_>) -> Result<bool, Failure> {
        let Ok(Some(message)) = self.receiver.recv() else { return Ok(false) };
        match message {
            Message::Cut(number, cut) => {
                self.early_cuts.insert(number, cut?);
                while let Some(cut) = self.early_cuts.remove(&self.next_cut) {
                    self.take(cut);
                }
            }
            Message::Beside(done) => {
                done?;
                self.beside -= 1;
            }
            Message::Packed(number, pack) => {
                self.early_packs.insert(number, pack?);
                while let Some((stored, chunks)) = self.early_packs.remove(&self.next_pack) {
                    output.pack(&stored, chunks)?;
                    self.next_pack += 1;
                }
            }
        }
        self.start();
        Ok(true)
    }

    /// Start as many windows as there may be under way, and when all are taken the last pack.
    fn start(&mut self) {
        while self.windows_started < self.windows.len()
            && self.windows_started - self.next_cut.0 < self.most
            && self.packs_started - self.next_pack < self.most
        {
            let (cutter, number) = (self.cutter, self.windows_started);
            let window = &self.windows[number];
            let promise = Promise::new(&self.sender);
            self.scope.spawn(move |_| promise.keep(Message::Cut((number, 0), cutter.window(window))));
            self.windows_started += 1;
        }
        if self.next_cut.0 == self.windows.len() && !self.pack.parts.is_empty() {
            self.start_pack();
        }
    }

    /// Gather the new chunks of a window, and go on in its file if that is not at its end.
    fn take(&mut self, cut: Cut<'s>) {
        let mut new = Vec::new();
        for file in cut.files {
            let mut begin = file.begin;
            for piece in &file.pieces {
                let length = piece.length as usize;
                if self.in_base.contains(&piece.digest) || !self.packed.insert(piece.digest) {
                    self.cutter.watch.did_bytes(u64::from(piece.length));
                } else {
                    new.push((begin, length));
                    self.order.push(piece.digest);
                }
                begin += length;
            }
            self.files.push(file);
        }
        self.gather(&new, cut.buffer);
        let (window, section) = self.next_cut;
        self.next_cut = if let Some(cursor) = cut.more {
            self.start_section((window, section + 1), cursor);
            (window, section + 1)
        } else {
            (window + 1, 0)
        };
    }

    /// Put these parts of a window into packs, each of which is started when it is full.
    fn gather(&mut self, new: &[(usize, usize)], buffer: Arc<Buffer<'s>>) {
        let bytes: usize = new.iter().map(|(_, length)| length).sum();
        let is_kept = bytes >= buffer.len() / LEAST_NEW_SHARE;
        let window = Place::Window(buffer);
        for (begin, length) in new.iter().copied() {
            if self.pack.bytes + length > PACK_BYTES {
                self.start_pack();
            }
            let part = if is_kept {
                Part { place: window.clone(), begin, length }
            } else {
                Part { place: Place::Own(window[begin..begin + length].into()), begin: 0, length }
            };
            self.pack.parts.push(part);
            self.pack.bytes += length;
        }
    }

    fn start_section(&self, number: (usize, usize), cursor: Cursor) {
        let cutter = self.cutter;
        let promise = Promise::new(&self.sender);
        self.scope.spawn(move |_| promise.keep(Message::Cut(number, cutter.section(cursor))));
    }

    fn start_pack(&mut self) {
        let Gathered { parts, .. } = std::mem::take(&mut self.pack);
        let (watch, number) = (self.cutter.watch, self.packs_started);
        let promise = Promise::new(&self.sender);
        self.scope.spawn(move |_| promise.keep(Message::Packed(number, compress(parts, watch))));
        self.packs_started += 1;
    }
}

fn compress(parts: Vec<Part<'_>>, watch: &Watch) -> Result<(Stored, usize), BundleError> {
    watch.check()?;
    let chunks = parts.len();
    let (stored, raw_bytes) = pack_of(|raw| {
        for Part { place, begin, length } in parts {
            raw.extend(&place[begin..begin + length]);
        }
        Ok(())
    })?;
    watch.did_bytes(raw_bytes);
    Ok((stored, chunks))
}

#[cfg(test)]
mod tests {
    use super::super::cut::Buffers;
    use super::super::output::write_file;
    use super::*;
    use crate::hashing::{Listing, list, thread_pool};
    use std::fs;
    use std::path::Path;

    const FILES: usize = 60;
    const FILE_BYTES: usize = 40_000;

    fn noise(seed: usize, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
        bytes
    }

    fn folder() -> (tempfile::TempDir, Listing) {
        let root = tempfile::tempdir().unwrap();
        for number in 0..FILES {
            fs::write(root.path().join(format!("{number:02}")), noise(number, FILE_BYTES)).unwrap();
        }
        let listing = list(root.path(), &thread_pool(None).unwrap(), &Watch::new()).unwrap();
        (root, listing)
    }

    struct Run {
        result: Result<usize, BundleError>,
        /// How many windows were in memory at the same time.
        windows: usize,
        written: u64,
    }

    /// Pack windows of ten files of which the base has all but one.
    fn run(root: &Path, listing: &Listing, beside: Result<(), BundleError>) -> Run {
        let windows: Vec<Vec<usize>> =
            (0..FILES).collect::<Vec<_>>().chunks(10).map(<[usize]>::to_vec).collect();
        let in_base: HashSet<Digest> = (0..FILES)
            .filter(|number| number % 10 != 3)
            .map(|number| crate::hashing::blake3(&noise(number, FILE_BYTES)))
            .collect();
        let (buffers, watch) = (Buffers::default(), Watch::new());
        watch.expect_bytes((FILES * FILE_BYTES) as u64);
        let cutter = Cutter { root, listed: &listing.files, buffers: &buffers, watch: &watch };
        let out = tempfile::tempdir().unwrap();
        let pool = thread_pool(Some(1)).unwrap();
        let result = write_file(&out.path().join("out"), false, |output| {
            pool.in_place_scope(|scope| {
                let mut line = Line::new(scope, &cutter, &windows, &in_base, 1);
                line.beside(|| beside);
                line.cut(output)?;
                Ok(line.pack(output)?.len())
            })
        });
        let written = fs::metadata(out.path().join("out")).map_or(0, |metadata| metadata.len());
        if result.is_ok() {
            assert_eq!((FILES * FILE_BYTES) as u64, watch.progress().done_bytes);
        }
        Run { result, windows: buffers.peak(), written }
    }

    #[test]
    fn windows_of_which_little_is_new_are_not_kept() {
        let (root, listing) = folder();
        let run = run(root.path(), &listing, Ok(()));
        assert_eq!(6, run.result.unwrap());
        assert!(run.written > (6 * FILE_BYTES) as u64);
        assert_eq!(1, run.windows);
    }

    #[test]
    fn an_error_beside_the_line_ends_it_and_is_the_one_that_is_told() {
        let (root, listing) = folder();
        let run = run(root.path(), &listing, Err(BundleError::NotABundle));
        assert!(matches!(run.result, Err(BundleError::NotABundle)), "{:?}", run.result);
        assert_eq!(0, run.written);
    }
}
