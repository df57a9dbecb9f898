// isp/io/xmp_packet.h - what was done to a picture, as XMP: a small text that programs for photographs read and keep.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace argent {

/// One property: a text, or an ordered list of them. `name` is "xmp:CreatorTool", "argent:Preset": a prefix of kXmpNamespaces and letters.
struct XmpProperty {
  std::string name;
  std::variant<std::string, std::vector<std::string>> value;
};

struct XmpNamespace {
  std::string_view prefix, uri;
};
/// Adobe's (XMP part 1, 8: dc, xmp; part 2: tiff, exif, aux) and our own.
std::span<const XmpNamespace> xmp_namespaces();

/// A packet (ISO 16684-1:2019, 7.3.2) with one rdf:Description. Values are UTF-8; what XML cannot hold becomes U+FFFD. Read-only, without
/// padding: nobody is to edit it in place. Throws Error for a name that is none.
std::string xmp_packet(std::span<const XmpProperty> properties);

}  // namespace argent
