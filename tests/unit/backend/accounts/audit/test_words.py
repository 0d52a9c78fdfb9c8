"""The words of the trail are those of the rest of the program, so that every role and every tenant has one."""

from dataclasses import fields
from typing import get_args

from backend.accounts.audit.kinds import TenantChanged, TenantLimited
from backend.accounts.audit.words import GrantScope, Role, TenantKind
from backend.accounts.people import matrix
from backend.accounts.people.matrix import Scope
from backend.accounts.tenants import store
from backend.accounts.tenants.limits import NAMES
from backend.accounts.tenants.schemas import TenantChange

MATRIX = matrix.load()


def test_the_roles_are_those_of_the_matrix() -> None:
    assert set(MATRIX.roles) == set(Role)


def test_the_scopes_of_a_grant_are_those_that_a_role_may_have() -> None:
    assert set(get_args(Scope)) == set(GrantScope)
    assert {scope for role in MATRIX.roles.values() for scope in role.scopes} == set(GrantScope)


def test_the_kinds_of_tenants_are_those_that_are_kept() -> None:
    assert set(get_args(store.Kind)) == set(TenantKind)


def test_every_limit_and_every_setting_of_a_tenant_is_told() -> None:
    assert ["tenant", *NAMES] == [field.name for field in fields(TenantLimited)]
    settings = [field.name for field in fields(TenantChange)]
    assert ["tenant", *settings] == [field.name for field in fields(TenantChanged)]
