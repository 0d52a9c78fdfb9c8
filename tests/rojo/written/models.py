"""Model files: JSON, XML and binary."""

from typing import Any, Final

from tests.rojo.case import Case, Model, of_folder, of_tree, raw_model, text
from tests.rojo.xml import EMPTY, item, model

PART: Final = {"className": "Part"}
TWO: Final = model(item("Folder", "first") + item("Folder", "second"))
ONE: Final = model(
    item(
        "Model",
        "inside",
        '<Ref name="PrimaryPart">p</Ref><BinaryString name="Tags">b25lAHR3bw==</BinaryString>',
        item("Part", "body", '<bool name="Anchored">true</bool><float name="Transparency">0.5</float>', referent="p"),
        item("Weld", "weld", '<Ref name="Part0">p</Ref><Ref name="Part1">no</Ref>'),
        item("Folder", "", "", item("Folder", "deep")),
    )
)
TYPES: Final = model(
    item(
        "Part",
        "typed",
        '<bool name="Anchored">true</bool><token name="Shape">0</token>'
        '<Color3uint8 name="Color3uint8">4288914085</Color3uint8>'
        '<CoordinateFrame name="CFrame"><X>1</X><Y>2</Y><Z>3</Z><R00>1</R00><R01>0</R01><R02>0</R02><R10>0</R10>'
        "<R11>1</R11>"
        "<R12>0</R12><R20>0</R20><R21>0</R21><R22>1</R22></CoordinateFrame>"
        '<Vector3 name="size"><X>4</X><Y>1.5</Y><Z>-0</Z></Vector3><float name="Transparency">INF</float>'
        '<PhysicalProperties name="CustomPhysicalProperties"><CustomPhysics>true</CustomPhysics>'
        "<Density>1</Density>"
        "<Friction>2</Friction><Elasticity>0</Elasticity>"
        "<FrictionWeight>1</FrictionWeight><ElasticityWeight>1</ElasticityWeight></PhysicalProperties>"
        '<string name="NotKnown">x</string>',
        item(
            "Frame",
            "frame",
            '<UDim2 name="Size"><XS>0.5</XS><XO>10</XO><YS>1</YS><YO>-5</YO></UDim2><int name="ZIndex">7</int>',
        ),
        item("IntValue", "int", '<int64 name="Value">-9007199254740993</int64>'),
        item("NumberValue", "number", '<double name="Value">NAN</double>'),
        item("StringValue", "string", '<string name="Value"><![CDATA[<a> & b]]></string>'),
        item("BrickColorValue", "brick", '<int name="Value">194</int>'),
    )
)
DEEP: Final = model(item("Folder", "0", "", item("Folder", "1", "", item("Folder", "2", "", item("Folder", "3")))))


def json_model(name: str, content: dict[str, Any] | str | bytes, file: str = "a.model.json") -> Case:
    return Case(f"json: {name}", of_folder({file: text(content) if isinstance(content, dict) else content}))


def deep(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = PART
    for _ in range(levels):
        inner = {"className": "Folder", "children": [inner]}
    return inner


JSON: Final = (
    json_model(
        "a tree",
        {
            "className": "Model",
            "properties": {"LevelOfDetail": "StreamingMesh"},
            "attributes": {"Health": 10, "On": True, "Title": "x", "Where": {"Vector3": [1, 2, 3]}},
            "children": [
                {"name": "first", **PART, "properties": {"Anchored": True}},
                {"name": "second", "className": "Folder", "children": [{"className": "Decal"}]},
                {"name": "first", **PART},
            ],
        },
    ),
    json_model(
        "in capitals",
        {
            "ClassName": "Model",
            "Name": "x",
            "Properties": {},
            "Children": [{"ClassName": "Part", "Name": "y", "Properties": {"Anchored": True}}],
        },
    ),
    json_model("both ways of a key", {"className": "Model", "ClassName": "Part"}),
    json_model("Attributes and Id in capitals", {"className": "Model", "Attributes": {"A": 1}, "Id": "x"}),
    json_model("a name at the top", {"name": "other", **PART}),
    json_model("a name at the top is a number", {"name": 1, **PART}),
    json_model("a child without a name", {"className": "Folder", "children": [PART]}),
    json_model("a child without a class", {"className": "Folder", "children": [{"name": "x"}]}),
    json_model(
        "a child with a schema and an id", {"className": "Folder", "children": [{**PART, "$schema": "x", "id": "y"}]}
    ),
    json_model("no class", {"properties": {}}),
    json_model("a class that nobody knows", {"className": "NoSuch"}),
    json_model("a class is null", {"className": None}),
    json_model("children are null", {**PART, "children": None}),
    json_model("children are an object", {**PART, "children": {}}),
    json_model("a child is null", {**PART, "children": [None]}),
    json_model("properties are null", {**PART, "properties": None}),
    json_model("attributes are null", {**PART, "attributes": None}),
    json_model("unknown keys", {**PART, "tags": ["x"], "ignoreUnknownInstances": True, "$id": "x", "what": 1}),
    json_model("an unknown property", {**PART, "properties": {"NoSuch": 1}}),
    json_model("an unknown property, said fully", {**PART, "properties": {"NoSuch": {"Bool": True}}}),
    json_model("the property Name", {**PART, "properties": {"Name": "x"}}),
    json_model("tags", {**PART, "properties": {"Tags": ["b", "a", "b", ""]}}),
    json_model("no tags", {**PART, "properties": {"Tags": []}}),
    json_model("attributes as a property", {**PART, "properties": {"Attributes": {"A": {"Bool": True}}}}),
    json_model(
        "attributes go over the property",
        {**PART, "properties": {"Attributes": {"A": {"Bool": True}}}, "attributes": {"B": 1}},
    ),
    json_model("a schema", {"$schema": "https://example.com/s", **PART}),
    json_model("nothing", ""),
    json_model("white", " \n\t\r\n"),
    json_model("white of another kind", "\u00a0\u3000"),
    json_model("a comment", "// x"),
    json_model("a mark of byte order", f"\ufeff{text(PART)}"),
    json_model("a list", "[]"),
    json_model("not UTF-8", b'{"className": "\xff"}'),
    json_model("comments", '// x\n{"className": "Part",}'),
    json_model("as jsonc", '{"className": "Part"} // x', "a.model.jsonc"),
    json_model("a name with dots", text(PART), "a.b.model.json"),
    json_model("sixty levels", deep(60)),
    Case(
        "json: a model as the root",
        of_tree({"$path": "a.model.json"}, {"a.model.json": raw_model("Part", Anchored=True)}),
    ),
)
XML: Final = (
    Case("xml: one instance", of_folder({"a.rbxmx": ONE})),
    Case("xml: many types", of_folder({"a.rbxmx": TYPES})),
    Case("xml: two at the top", of_folder({"a.rbxmx": TWO})),
    Case("xml: none at the top", of_folder({"a.rbxmx": EMPTY})),
    Case("xml: not a model", of_folder({"a.rbxmx": "<a/>"})),
    Case("xml: broken", of_folder({"a.rbxmx": ONE[:300]})),
    Case("xml: nothing", of_folder({"a.rbxmx": ""})),
    Case("xml: a mark of byte order", of_folder({"a.rbxmx": f"\ufeff{DEEP}"})),
    Case("xml: another version", of_folder({"a.rbxmx": DEEP.replace('version="4"', 'version="5"')})),
    Case(
        "xml: a type that nobody knows",
        of_folder({"a.rbxmx": model(item("Part", "x", '<Strange name="A">1</Strange>'))}),
    ),
    Case(
        "xml: a value of the wrong form",
        of_folder({"a.rbxmx": model(item("Part", "x", '<bool name="Anchored">maybe</bool>'))}),
    ),
    Case(
        "xml: a class that nobody knows",
        of_folder({"a.rbxmx": model(item("NoSuch", "x", '<string name="Odd">1</string>'))}),
    ),
    Case("xml: no class", of_folder({"a.rbxmx": model("<Item></Item>")})),
    Case(
        "xml: no name",
        of_folder(
            {
                "a.rbxmx": model(
                    '<Item class="Folder" referent="a"><Properties/><Item class="Part" referent="b"/></Item>'
                )
            }
        ),
    ),
    Case(
        "xml: two of one referent",
        of_folder(
            {
                "a.rbxmx": model(
                    item(
                        "Model",
                        "m",
                        '<Ref name="PrimaryPart">p</Ref>',
                        item("Part", "a", referent="p"),
                        item("Part", "b", referent="p"),
                    )
                )
            }
        ),
    ),
    Case(
        "xml: a shared string",
        of_folder(
            {
                "a.rbxmx": model(
                    item(
                        "UnionOperation",
                        "u",
                        '<SharedString name="PhysicalConfigData">yuZpQdnvvUBOTYh1jqZ2cA==</SharedString>',
                    )
                    + '<SharedStrings><SharedString md5="yuZpQdnvvUBOTYh1jqZ2cA==">YWJj</SharedString></SharedStrings>'
                )
            }
        ),
    ),
    Case("xml: something behind the model", of_folder({"a.rbxmx": DEEP.encode() + b"\xff<a"})),
    Case("xml: a meta file is not read", of_folder({"a.rbxmx": ONE, "a.meta.json": text({"attributes": {"A": 1}})})),
    Case(
        "xml: the root of a project",
        of_tree({"$path": "a.rbxmx", "$properties": {"PrimaryPart": {"Ref": "0" * 32}}}, {"a.rbxmx": ONE}),
    ),
    Case(
        "xml: with children of the project",
        of_tree({"$path": "a.rbxmx", "z": {"$className": "Part"}}, {"a.rbxmx": ONE}),
    ),
)
BINARY: Final = (
    Case("binary: one instance", of_folder({"a.rbxm": Model((ONE,))})),
    Case("binary: many types", of_folder({"a.rbxm": Model((TYPES,))})),
    Case(
        "binary: two models refer to their own",
        of_folder({"a.rbxm": Model((ONE,)), "b.rbxm": Model((ONE,)), "c.rbxmx": ONE}),
    ),
    Case("binary: two at the top", of_folder({"a.rbxm": Model((DEEP, DEEP))})),
    Case("binary: none at the top", of_folder({"a.rbxm": Model(())})),
    Case("binary: nothing", of_folder({"a.rbxm": b""})),
    Case("binary: not a model", of_folder({"a.rbxm": b"not a model at all, and long enough to be one"})),
    Case("binary: XML inside", of_folder({"a.rbxm": ONE})),
    Case(
        "binary: cut off",
        of_folder({"a.rbxm": b"<roblox!\x89\xff\x0d\x0a\x1a\x0a\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0"}),
    ),
    Case("binary: a meta file is not read", of_folder({"a.rbxm": Model((DEEP,)), "a.meta.json": "{"})),
    Case("binary: the root of a project", of_tree({"$path": "a.rbxm"}, {"a.rbxm": Model((ONE,))})),
    Case("binary: a place in a folder is of no kind", of_folder({"a.rbxl": Model((ONE,)), "b.rbxlx": ONE})),
)
CASES: Final = (*JSON, *XML, *BINARY)
