//! What the gate answers where it does not let in: one reason.

use super::head::Malformed;
use super::home::{Home, InTable};
use super::known::{Caller, Waiting};
use crate::keys::names::KeyId;
use crate::limits::Decision;

/// Why a request stays outside, in the order in which the checks run.
///
/// From `Stale` on the MAC was right: only then an answer says more than that it was not.
#[derive(Debug)]
pub enum Refusal<Principal, H: Home = InTable> {
    /// The body is longer than one call takes.
    TooLarge,
    /// A part of the head is not of the accepted form.
    Malformed(Malformed),
    /// The address asks too often; nothing was proven yet.
    AddressLimited(Decision),
    /// No such session, or not its key: one answer and the same work for both.
    NotProven,
    /// The client's clock, or the time on the way: too early or too late.
    Stale(KeyId),
    /// The session's window is not in this store: another life of it, or its time is over.
    Epoch(KeyId),
    /// Load the session's record, then go on with `put_record`. Not the request's fault.
    NeedRecord(Waiting<H>),
    /// The session was ended by somebody who may.
    Revoked(Caller<Principal, H>),
    /// The session may do other things, but not this.
    OutOfScope(Caller<Principal, H>),
    /// The body is not the one that was signed.
    WrongDigest(Caller<Principal, H>),
    /// The number was used before, or is too old to tell.
    Replayed {
        /// Whose it is.
        caller: Caller<Principal, H>,
        /// The next number that would be taken.
        next: u32,
    },
    /// A limit of the session, its account, its tenant or the route. The number is spent.
    Limited(Caller<Principal, H>, Decision),
}

impl<Principal, H: Home> Refusal<Principal, H> {
    /// The code in the catalogue that clients and docs share.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed(_) => "malformed",
            Self::AddressLimited(_) => "address_limited",
            Self::NotProven => "not_proven",
            Self::Stale(_) => "stale",
            Self::Epoch(_) => "epoch",
            Self::NeedRecord(_) => "need_record",
            Self::Revoked(_) => "revoked",
            Self::OutOfScope(_) => "out_of_scope",
            Self::WrongDigest(_) => "wrong_digest",
            Self::Replayed { .. } => "replayed",
            Self::Limited(..) => "limited",
        }
    }
}
