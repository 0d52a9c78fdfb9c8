"""Instances that point at one another, by ids and by attributes."""

from typing import Final

from tests.rojo.case import Case, Content, Files, Model, of_folder, of_tree, text
from tests.rojo.xml import item, model

SOURCE: Final = {"className": "ObjectValue", "attributes": {"Rojo_Target_Value": "target"}}
TARGET: Final = {"className": "Part", "id": "target"}


def serialized(attributes: str) -> str:
    """Return the property in which a model file holds attributes."""
    return f'<BinaryString name="AttributesSerialize">{attributes}</BinaryString>'


def two(target: Files, **more: object) -> dict[str, Content]:
    return of_folder({"source.model.json": text({**SOURCE, **more}), **target})


IDS: Final = (
    Case("the id of a model", two({"target.model.json": text(TARGET)})),
    Case("the id of a meta file", two({"target.lua": "return 1\n", "target.meta.json": text({"id": "target"})})),
    Case("the id of a folder", two({"target/init.meta.json": text({"id": "target"})})),
    Case("the id of an init script", two({"target/init.lua": "", "target/init.meta.json": text({"id": "target"})})),
    Case(
        "the id of a node",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$className": "Part", "$id": "target"},
                "B": {"$className": "ObjectValue", "$attributes": {"Rojo_Target_Value": "target"}},
            }
        ),
    ),
    Case(
        "the id of the root",
        of_tree(
            {
                "$className": "Folder",
                "$id": "target",
                "B": {"$className": "ObjectValue", "$attributes": {"Rojo_Target_Value": "target"}},
            }
        ),
    ),
    Case(
        "the attribute Rojo_Id",
        two({"target.model.json": text({"className": "Part", "attributes": {"Rojo_Id": "target"}})}),
    ),
    Case(
        "the attribute Rojo_Id of a child",
        two(
            {
                "t.model.json": text(
                    {"className": "Folder", "children": [{"className": "Part", "attributes": {"Rojo_Id": "target"}}]}
                )
            }
        ),
    ),
    Case(
        "the attribute Rojo_Id in XML",
        two(
            {
                "t.rbxmx": model(
                    item(
                        "Part",
                        "x",
                        serialized("AQAAAAcAAABSb2pvX0lkAgYAAAB0YXJnZXQ="),
                    )
                )
            }
        ),
    ),
    Case(
        "the attribute Rojo_Id in a binary model",
        two(
            {
                "t.rbxm": Model(
                    (
                        model(
                            item(
                                "Part",
                                "x",
                                serialized("AQAAAAcAAABSb2pvX0lkAgYAAAB0YXJnZXQ="),
                            )
                        ),
                    )
                )
            }
        ),
    ),
    Case(
        "the attribute Rojo_Id is no string",
        two({"target.model.json": text({"className": "Part", "attributes": {"Rojo_Id": 1}})}),
    ),
    Case(
        "an id goes over the attribute",
        two({"target.model.json": text({"className": "Part", "id": "other", "attributes": {"Rojo_Id": "target"}})}),
    ),
    Case(
        "the id of a child of a model is not looked at",
        two({"t.model.json": text({"className": "Folder", "children": [TARGET]})}),
    ),
    Case(
        "an id is empty",
        two({"target.model.json": text({"className": "Part", "id": ""})}, attributes={"Rojo_Target_Value": ""}),
    ),
    Case("an id is null", two({"target.model.json": text({"className": "Part", "id": None})})),
    Case("an id is a number", two({"target.model.json": text({"className": "Part", "id": 1})})),
    Case(
        "an id of every sign",
        two(
            {"target.model.json": text({"className": "Part", "id": "é😀 /"})}, attributes={"Rojo_Target_Value": "é😀 /"}
        ),
    ),
    Case("two instances of one id", two({"a.model.json": text(TARGET), "b.model.json": text(TARGET)})),
    Case(
        "three instances of one id",
        two({"a.model.json": text(TARGET), "b.model.json": text(TARGET), "c.model.json": text(TARGET)}),
    ),
    Case(
        "a node's id goes over a meta file's",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$path": "a.lua", "$id": "other"},
                "B": {"$className": "ObjectValue", "$attributes": {"Rojo_Target_Value": "target"}},
            },
            {"a.lua": "", "a.meta.json": text({"id": "target"})},
        ),
    ),
    Case(
        "a node without an id keeps that of its path",
        of_tree(
            {
                "$className": "Folder",
                "A": {"$path": "a.lua"},
                "B": {"$className": "ObjectValue", "$attributes": {"Rojo_Target_Value": "target"}},
            },
            {"a.lua": "", "a.meta.json": text({"id": "target"})},
        ),
    ),
)
TARGETS: Final = (
    Case("nobody has the id", of_folder({"source.model.json": text(SOURCE)})),
    Case("an instance points at itself", of_folder({"a.model.json": text({**SOURCE, "id": "target"})})),
    Case("the target comes before", of_folder({"a.model.json": text(TARGET), "z.model.json": text(SOURCE)})),
    Case("the target comes after", of_folder({"a.model.json": text(SOURCE), "z.model.json": text(TARGET)})),
    Case(
        "the target is inside",
        of_folder(
            {
                "a/init.meta.json": text({"className": "Model", "attributes": {"Rojo_Target_PrimaryPart": "target"}}),
                "a/p.model.json": text(TARGET),
            }
        ),
    ),
    Case(
        "many point at one",
        of_folder({"a.model.json": text(TARGET)} | {f"{letter}.model.json": text(SOURCE) for letter in "bcd"}),
    ),
    Case(
        "one points at many",
        of_folder(
            {
                "w.model.json": text(
                    {"className": "Weld", "attributes": {"Rojo_Target_Part0": "x", "Rojo_Target_Part1": "y"}}
                ),
                "x.model.json": text({"className": "Part", "id": "x"}),
                "y.model.json": text({"className": "Part", "id": "y"}),
            }
        ),
    ),
    Case(
        "a property that is none", two({"target.model.json": text(TARGET)}, attributes={"Rojo_Target_NoSuch": "target"})
    ),
    Case(
        "a property that is no reference",
        of_folder(
            {
                "a.model.json": text({"className": "Part", "attributes": {"Rojo_Target_Anchored": "target"}}),
                "t.model.json": text(TARGET),
            }
        ),
    ),
    Case("a property without a name", two({"target.model.json": text(TARGET)}, attributes={"Rojo_Target_": "target"})),
    Case("a target is a number", two({"target.model.json": text(TARGET)}, attributes={"Rojo_Target_Value": 1})),
    Case(
        "a target is bytes",
        two({"target.model.json": text(TARGET)}, attributes={"Rojo_Target_Value": {"BinaryString": "dGFyZ2V0"}}),
    ),
    Case(
        "a target is bytes that are no text",
        two({"target.model.json": text(TARGET)}, attributes={"Rojo_Target_Value": {"BinaryString": "/w=="}}),
    ),
    Case(
        "an id is bytes",
        two(
            {"target.model.json": text({"className": "Part", "attributes": {"Rojo_Id": {"BinaryString": "dGFyZ2V0"}}})}
        ),
    ),
    Case(
        "the property is set and pointed with",
        two({"target.model.json": text(TARGET)}, properties={"Value": {"Ref": "0" * 32}}),
    ),
    Case(
        "a target of a child of a model",
        of_folder({"a.model.json": text({"className": "Folder", "children": [SOURCE]}), "t.model.json": text(TARGET)}),
    ),
    Case(
        "a target from an XML model",
        of_folder(
            {
                "a.rbxmx": model(
                    item(
                        "ObjectValue",
                        "x",
                        serialized("AQAAABEAAABSb2pvX1RhcmdldF9WYWx1ZQIGAAAAdGFyZ2V0"),
                    )
                ),
                "t.model.json": text(TARGET),
            }
        ),
    ),
    Case(
        "a target in another project",
        of_folder(
            {
                "source.model.json": text(SOURCE),
                "in/default.project.json": '{"name": "in", "tree": {"$className": "Part", "$id": "target"}}',
            }
        ),
    ),
    Case(
        "a target in what is left out of a place",
        of_tree(
            {
                "$className": "DataModel",
                "$id": "target",
                "Workspace": {"V": {"$className": "ObjectValue", "$attributes": {"Rojo_Target_Value": "target"}}},
            }
        ),
        kinds=("rbxm", "rbxmx", "rbxl", "rbxlx"),
    ),
)
CASES: Final = (*IDS, *TARGETS)
