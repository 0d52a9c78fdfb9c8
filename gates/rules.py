"""The rules of the core that `make proof-gates` switches off, one after the other: each has a test that notices.

What a rule is there for stands beside it in the sources; here stands what breaks it, and the test that is red then.
"""

from dataclasses import dataclass

from gates.faults import Fault, replace

SOURCES = "core_rs/src/"
DOOR = "admit/door.rs"
GATE = "admit/gate.rs"
PROVER = "admit/prover.rs"
HEAD = "admit/head.rs"
FIELDS = "admit/fields.rs"
WINDOW = "replay/window.rs"
SLOTS = "replay/slots.rs"
SPENT = "spent/set.rs"
ENTRIES = "limits/entries.rs"
SHARED = "table/shared.rs"


@dataclass(frozen=True, slots=True)
class Rule:
    """Putting `without` where `old` stands switches it off; `test` fails then."""

    name: str
    path: str
    old: str
    without: str
    test: str

    @property
    def fault(self) -> Fault:
        """The rule as a fault to plant; only the tests of its own room are run."""
        room = self.path.split("/", maxsplit=1)[0]
        command = ("cargo", "test", "--quiet", "--locked", "--lib", "--", f"{room}::")
        plant = replace(SOURCES + self.path, self.old, self.without)
        return Fault(f"without the rule: {self.name}", command, plant, self.test)


RULES = (
    Rule(
        "a right MAC is asked of everybody",
        DOOR,
        "head.with_base(|parts| key.verify(parts, &head.tag))",
        "head.with_base(|parts| key.verify(parts, &head.tag)) || true",
        "every_signed_part_is_bound",
    ),
    Rule(
        "a request is fresh for a minute, both ways",
        DOOR,
        "head.created.abs_diff(ask.now) <= FRESH_SECONDS",
        "head.created.abs_diff(ask.now) <= 2 * FRESH_SECONDS",
        "the_clients_clock_is_held_on_both_sides_and_only_after_the_mac",
    ),
    Rule(
        "a record that was loaded before a revocation is loaded again",
        GATE,
        "if *generation != revocations {",
        "if *generation > revocations {",
        "a_revocation_acts_at_the_next_request",
    ),
    Rule(
        "a session has the scopes that a route demands, all of them",
        DOOR,
        "if record.scopes & claim.demand.scopes != claim.demand.scopes {",
        "if record.scopes & claim.demand.scopes == 0 {",
        "a_scope_that_was_not_granted_is_refused_before_anything_is_spent",
    ),
    Rule(
        "a body is the one that was signed",
        DOOR,
        "sha256(body) == claim.digest",
        "sha256(body) == claim.digest || !body.is_empty()",
        "another_body_spends_nothing",
    ),
    Rule(
        "a body before a store that is elsewhere is the one that was signed",
        PROVER,
        "if is_signed(body, &proven.claim) { Ok(proven) }",
        "if is_signed(body, &proven.claim) || !body.is_empty() { Ok(proven) }",
        "another_body_is_not_the_one_that_was_signed",
    ),
    Rule(
        "before a store that is elsewhere a record says who comes in",
        PROVER,
        "Shown::Known(remembered) => permit(remembered, claim),",
        "Shown::Known(remembered) => Ok(Proven { caller: Caller(remembered), claim }),",
        "a_record_that_does_not_let_in_is_told_before_the_body_with_whose_it_is",
    ),
    Rule(
        "what is remembered of a session is of one life of the store",
        DOOR,
        "self.sessions().get(&key_id.sid).filter(|kept| kept.entry.session.key_id == key_id);\n        if let",
        "self.sessions().get(&key_id.sid);\n        if let",
        "a_namesake_of_another_life_with_its_own_key_is_another_session",
    ),
    Rule(
        "an older record never takes the place of a newer one",
        PROVER,
        "if newer.entry.generation > own.entry.generation {",
        "if newer.entry.generation > 0 {",
        "a_record_that_another_request_brought_up_to_date_is_taken_and_an_older_one_is_not",
    ),
    Rule(
        "a number of a request is spent",
        GATE,
        "Verdict::Replayed { next } | Verdict::TooOld { next } => {\n                return",
        "Verdict::Replayed { .. } => {}\n            Verdict::TooOld { next } => {\n                return",
        "a_signed_request_comes_in_once",
    ),
    Rule(
        "the list of what is signed is never the client's",
        HEAD,
        "text.strip_prefix(if write { WRITE } else { READ })?",
        "text.strip_prefix(if write { WRITE } else { READ }).or_else(|| text.strip_prefix(READ))?",
        "every_other_list_is_refused",
    ),
    Rule(
        "a header that is signed stands there once",
        FIELDS,
        "if std::mem::replace(&mut seen[at], true) {",
        "if std::mem::replace(&mut seen[at], true) && value.is_empty() {",
        "a_field_that_comes_twice_is_refused_even_with_the_same_value",
    ),
    Rule(
        "a body that is coded is refused",
        FIELDS,
        "other => return Err(other),",
        "_ => {}",
        "a_coded_body_is_refused",
    ),
    Rule(
        "a number has one spelling",
        HEAD,
        "digits == 0 || digits > most_digits || text[0] == b'0'",
        "digits == 0 || digits > most_digits",
        "numbers_have_one_spelling_and_a_range",
    ),
    Rule(
        "nothing follows the tag",
        HEAD,
        "(1..=LAST_NUMBER).contains(nonce) && rest == TAG)?",
        "(1..=LAST_NUMBER).contains(nonce) && rest.starts_with(TAG))?",
        "every_other_parameter_is_refused",
    ),
    Rule(
        "a revoked session does nothing",
        DOOR,
        "if record.revoked {",
        "if record.revoked && record.scopes == 99_999 {",
        "a_revoked_session_is_told_so_before_its_scopes_its_body_and_its_number",
    ),
    Rule(
        "an address is limited before anything is proven",
        DOOR,
        "if !limit.admitted {",
        "if !limit.admitted && limit.remaining == 99_999 {",
        "an_address_over_its_limit_is_told_so_before_its_mac_is_checked",
    ),
    Rule(
        "what nobody knows costs what is known",
        DOOR,
        "black_box(self.key_of(key_id, SessionUse::Request));",
        "black_box(key_id);",
        "the_refusal_of_a_stranger_costs_the_same_whatever_is_known",
    ),
    Rule(
        "a master key that was taken out ends its sessions",
        DOOR,
        "let gone = self.sessions().remove_where(dropped);",
        "let gone = self.sessions().remove_where(|known| dropped(known) && known.record.scopes == 99_999);",
        "a_dropped_version_ends_its_sessions_at_once",
    ),
    Rule(
        "a number that was seen is not fresh",
        WINDOW,
        "        } else if word >> bit & 1 == 1 {\n            Mark::Seen",
        "        } else if word >> bit & 1 == 2 {\n            Mark::Seen",
        "every_sequence_of_five_numbers_is_the_set",
    ),
    Rule(
        "a number is marked by compare-and-swap",
        WINDOW,
        "Mark::Fresh(new) if cells.swap_if(at, seen, new) => return Verdict::Fresh,",
        "Mark::Fresh(new) => {\n                cells.store(at, new);\n                return Verdict::Fresh;\n"
        "            }",
        "three_at_once_spend_each_number_once_and_lose_none",
    ),
    Rule(
        "a word that is of a higher block by now takes nothing",
        WINDOW,
        "} else if stands > block {",
        "} else if stands > block + 99_999 {",
        "two_at_once_spend_each_number_once_and_lose_none",
    ),
    Rule(
        "a word says whose it is",
        WINDOW,
        "        if word >> 48 != u64::from(stamp) {",
        "        if word >> 48 > 99_999 + u64::from(stamp) {",
        "an_offer_that_meets_a_restamp_half_way_is_gone",
    ),
    Rule(
        "a number counts only if its slot is still the session's",
        SLOTS,
        "if control.generation == slot.generation && machine",
        "if control.generation >= slot.generation && machine",
        "no_number_of_the_old_session_is_accepted_after_its_slot_was_claimed",
    ),
    Rule(
        "no number counts after the session's end",
        SLOTS,
        "machine.seconds() < lease.ends.into() =>",
        "machine.seconds() < u64::from(lease.ends) + 99_999 =>",
        "a_session_lives_its_life_and_the_overlap_and_its_slot_waits_two_minutes_more",
    ),
    Rule(
        "of two that open a sid at once, one sees the other",
        SLOTS,
        "if self.search(machine, &name, Some(index)).twin {",
        "if self.search(machine, &name, Some(index)).twin && index > 99_999 {",
        "a_sid_opened_twice_at_once_gets_at_most_one_window",
    ),
    Rule(
        "a slot waits two minutes after its session's end",
        SLOTS,
        "now >= u64::from(lease.ends) + REUSE_AFTER_SECONDS",
        "now >= u64::from(lease.ends)",
        "a_session_lives_its_life_and_the_overlap_and_its_slot_waits_two_minutes_more",
    ),
    Rule(
        "a claim is taken from the dead only",
        SLOTS,
        "State::Claiming(peer) => machine.is_dead(peer),",
        "State::Claiming(_) => true,",
        "the_slot_of_a_dead_claimer_is_taken_back_and_that_of_a_living_one_is_not",
    ),
    Rule(
        "generations never begin again",
        SLOTS,
        "control.generation < LAST_GENERATION\n",
        "control.generation <= LAST_GENERATION\n",
        "a_slot_whose_generations_are_used_up_is_retired",
    ),
    Rule(
        "who spends an id looks for another after he wrote",
        SPENT,
        "if self.search(machine, probes, fingerprint, now, Some(own)).twin {",
        "if self.search(machine, probes, fingerprint, now, Some(own)).twin && own > 99_999 {",
        "an_id_used_twice_while_cells_become_free_is_accepted_at_most_once",
    ),
    Rule(
        "who spends an id reads the clock last",
        SPENT,
        "if machine.seconds() >= ends { Spending::Expired } else { Spending::Accepted }",
        "Spending::Accepted",
        "an_id_is_accepted_at_most_once_across_its_end",
    ),
    Rule(
        "a full set refuses and forgets nothing",
        SPENT,
        "let Some((at, seen)) = search.room else { return Spending::Full };",
        "let (at, seen) = search.room.unwrap_or_else(|| (self.at, machine.load(self.at)));",
        "a_full_set_refuses_and_forgets_nothing",
    ),
    Rule(
        "what others charged since then is not taken back",
        ENTRIES,
        "    machine.swap_if(debit.at, debit.after.0, debit.before.0)\n",
        "    machine.store(debit.at, debit.before.0);\n    true\n",
        "a_refund_restores_and_a_late_one_does_not",
    ),
    Rule(
        "a key has one entry, however many make it at once",
        ENTRIES,
        "if cell.is_active() || other < at {",
        "if other < at {",
        "a_new_key_charged_twice_while_cells_become_free_is_admitted_at_most_once",
    ),
    Rule(
        "a new entry begins with the shared debt",
        ENTRIES,
        ".max(shared).max(waiting.put_in_at())",
        ".max(waiting.put_in_at())",
        "a_key_without_room_is_charged_to_the_shared_entry_and_takes_its_debt_along",
    ),
    Rule(
        "strangers fill half of a group",
        ENTRIES,
        "if whose.proven { GROUP } else { GROUP / 2 }",
        "if whose.proven { GROUP } else { GROUP - 1 }",
        "strangers_fill_half_of_a_group_and_the_rest_is_for_the_proven",
    ),
    Rule(
        "a refusal charges nobody",
        "limits/mod.rs",
        "                    charged.take_back();\n                    return Decision { shadowed, ..decision };",
        "                    return Decision { shadowed, ..decision };",
        "a_refusal_names_its_policy_and_charges_nobody",
    ),
    Rule(
        "a table of another life is refused",
        "table/header.rs",
        "if self.epoch != epoch {",
        "if self.epoch.0 == 99_999 {",
        "another_life_boot_or_namespace_is_refused",
    ),
    Rule(
        "a table that could become shorter is refused",
        SHARED,
        "if !seals.contains(SEALS) {",
        "if !seals.contains(SealFlags::SHRINK) {",
        "an_unsealed_or_half_sealed_table_is_refused_with_a_sentence",
    ),
    Rule(
        "a table's memory is there from the start",
        SHARED,
        '    fallocate(&file, FallocateFlags::empty(), 0, bytes).map_err(failed("reserve its memory"))?;\n',
        "",
        "all_of_the_memory_is_there_from_the_start",
    ),
)
