//! How a project is served.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::fields::{Fields, quoted};
use crate::jsonc::Member;

/// What a project says about serving it, and about the places that it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServeSettings {
    /// `servePort`.
    pub port: Option<u16>,
    /// `serveAddress`.
    pub address: Option<IpAddr>,
    /// `serveAllowedHosts`: names beside localhost and the address that it may be reached by.
    pub allowed_hosts: Vec<String>,
    /// `servePlaceIds`: the only places that it is for, if any are named.
    pub place_ids: Option<BTreeSet<u64>>,
    /// `blockedPlaceIds`: places that it is not for.
    pub blocked_place_ids: Option<BTreeSet<u64>>,
    /// `placeId`: what the place is told to be.
    pub place_id: Option<u64>,
    /// `gameId`: what the place's universe is told to be.
    pub game_id: Option<u64>,
}

pub(super) const KEYS: [&str; 7] = [
    "servePort",
    "serveAddress",
    "serveAllowedHosts",
    "servePlaceIds",
    "blockedPlaceIds",
    "placeId",
    "gameId",
];

const AN_ID: &str = "a whole number from 0 on";

/// Read one of the keys.
pub(super) fn read(member: &Member, serve: &mut ServeSettings, fields: &mut Fields<'_>) {
    let what = quoted(&member.key);
    match member.key.as_str() {
        // Unlike the others it is a list that may be empty, and not a thing that may be missing.
        "serveAllowedHosts" => {
            serve.allowed_hosts = fields.texts(member).into_iter().map(|(host, _)| host).collect();
        }
        _ if fields.is_null(member) => {}
        "servePort" => {
            serve.port = fields.whole(&member.value, &what, "a whole number from 0 to 65535");
        }
        "serveAddress" => serve.address = address(member, fields),
        "servePlaceIds" => serve.place_ids = Some(ids(member, fields)),
        "blockedPlaceIds" => serve.blocked_place_ids = Some(ids(member, fields)),
        "placeId" => serve.place_id = fields.whole(&member.value, &what, AN_ID),
        "gameId" => serve.game_id = fields.whole(&member.value, &what, AN_ID),
        _ => {}
    }
}

fn ids(member: &Member, fields: &mut Fields<'_>) -> BTreeSet<u64> {
    let what = format!("each of {}", quoted(&member.key));
    let items = fields.list(member, "place ids");
    items.iter().filter_map(|item| fields.whole(item, &what, AN_ID)).collect()
}

fn address(member: &Member, fields: &mut Fields<'_>) -> Option<IpAddr> {
    let text = fields.text(member)?;
    let address = text.parse().ok();
    let wanted = "an IP address, as in \"127.0.0.1\" or \"::1\"";
    address.or_else(|| fields.refuse(member.value.at, &quoted(&member.key), wanted))
}
