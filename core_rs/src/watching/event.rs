//! What an event of the system means for the folders it is about.

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind};

/// inotify tells that a file was closed after writing; what comes before is a file half written.
pub(super) const TELLS_CLOSE: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What is to be done about the paths of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Nothing,
    /// Look at the folders they are in.
    Changed,
    /// And watch them if they are folders.
    Appeared,
    /// Look at everything.
    Rescan,
}

pub(super) fn meaning(event: &Event, tells_close: bool) -> Meaning {
    if event.need_rescan() {
        return Meaning::Rescan;
    }
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Meaning::Changed,
        // Reading is no change, and our own reading is told too.
        EventKind::Access(_) => Meaning::Nothing,
        EventKind::Modify(ModifyKind::Data(_)) if tells_close => Meaning::Nothing,
        EventKind::Modify(
            ModifyKind::Data(_) | ModifyKind::Metadata(_) | ModifyKind::Name(RenameMode::From),
        )
        | EventKind::Remove(_) => Meaning::Changed,
        // A link to a folder is made as a file is.
        EventKind::Create(_) | EventKind::Modify(_) | EventKind::Any | EventKind::Other => Meaning::Appeared,
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, Flag, MetadataKind, RemoveKind};

    use super::*;

    fn of(kind: EventKind) -> [Meaning; 2] {
        [true, false].map(|tells_close| meaning(&Event::new(kind), tells_close))
    }

    #[test]
    fn reading_is_no_change_and_the_end_of_writing_is() {
        assert_eq!([Meaning::Nothing; 2], of(EventKind::Access(AccessKind::Open(AccessMode::Any))));
        assert_eq!([Meaning::Nothing; 2], of(EventKind::Access(AccessKind::Close(AccessMode::Read))));
        assert_eq!([Meaning::Changed; 2], of(EventKind::Access(AccessKind::Close(AccessMode::Write))));
    }

    #[test]
    fn half_written_files_are_looked_at_only_where_no_end_is_told() {
        let data = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        assert_eq!([Meaning::Nothing, Meaning::Changed], of(data));
    }

    #[test]
    fn what_may_be_a_new_folder_is_to_be_watched() {
        for kind in [
            EventKind::Create(CreateKind::Folder),
            EventKind::Create(CreateKind::File),
            EventKind::Create(CreateKind::Any),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)),
            EventKind::Modify(ModifyKind::Any),
            EventKind::Any,
        ] {
            assert_eq!([Meaning::Appeared; 2], of(kind), "{kind:?}");
        }
    }

    #[test]
    fn what_goes_and_who_may_read_it_are_changes() {
        for kind in [
            EventKind::Remove(RemoveKind::Folder),
            EventKind::Modify(ModifyKind::Name(RenameMode::From)),
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
        ] {
            assert_eq!([Meaning::Changed; 2], of(kind), "{kind:?}");
        }
    }

    #[test]
    fn lost_events_are_told_whatever_the_event_is() {
        let event = Event::new(EventKind::Access(AccessKind::Any)).set_flag(Flag::Rescan);
        assert_eq!(Meaning::Rescan, meaning(&event, true));
    }
}
