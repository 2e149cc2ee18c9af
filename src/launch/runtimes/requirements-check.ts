/**
 * A Python program that prints each line of a requirements file that the running interpreter does not meet.
 * Python alone can read markers and specifiers rightly; without `packaging` (pip brings it) it looks at names only.
 */
export const requirementsCheck = String.raw`
import importlib.metadata as metadata
import os, re, sys

try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:
    try:
        from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
    except ImportError:
        Requirement = None

def lines(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    for line in text.splitlines():
        line = re.sub(r"(^|\s)#.*$|\s--hash=.*$", "", line).strip()
        other = re.match(r"(?:-r|--requirement)[ =]?\s*(.+)", line)
        if other:
            yield from lines(os.path.join(os.path.dirname(path), other.group(1)))
        elif line and not line.startswith("-"):
            yield line

def installed(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None

def is_met(line):
    if Requirement is None:
        name = re.match(r"[A-Za-z0-9][\w.-]*(?=\s*($|[<>=!~;\[@]))", line)
        return name is None or installed(name.group()) is not None
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return True  # A path or an address: nothing that could be looked up.
    if requirement.marker and not requirement.marker.evaluate():
        return True
    version = installed(requirement.name)
    return version is not None and requirement.specifier.contains(version, prereleases=True)

for line in lines(sys.argv[1]):
    if not is_met(line):
        print(line)
`;
