#include "isp/io/xmp_packet.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr std::array kNamespaces{
    XmpNamespace{"dc", "http://purl.org/dc/elements/1.1/"},   XmpNamespace{"xmp", "http://ns.adobe.com/xap/1.0/"},
    XmpNamespace{"tiff", "http://ns.adobe.com/tiff/1.0/"},    XmpNamespace{"exif", "http://ns.adobe.com/exif/1.0/"},
    XmpNamespace{"aux", "http://ns.adobe.com/exif/1.0/aux/"}, XmpNamespace{"argent", "urn:argent:xmp:1#"},
};

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

/// Bytes of the UTF-8 sequence that begins here and stands for a character of XML 1.0, 2.2; 0: none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const std::size_t length = first >= 0xf0 && first < 0xf8 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 0;
  if (length == 0 || text.size() < length) return 0;
  std::uint32_t code = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; i++) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000, none = code == 0xfffe || code == 0xffff;
  return code < kSmallest[length] || code > 0x10ffff || surrogate || none ? 0 : length;
}

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const char c = text[0];
    if (length == 0) {
      out += kReplacement;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\r') {
      out += "&#xD;";  // a reader would make a line feed of it
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

/// The prefix of a name that may stand in the packet.
std::string_view prefix_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  const std::string_view prefix = name.substr(0, colon == std::string_view::npos ? 0 : colon);
  const std::string_view rest = name.substr(prefix.size() + (prefix.empty() ? 0 : 1));
  const bool known = std::any_of(kNamespaces.begin(), kNamespaces.end(), [&](const XmpNamespace& n) { return n.prefix == prefix; });
  const bool letters =
      !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
  if (!known || !letters) throw Error("XMP property ", in_quotes(name), ", expected a known prefix, a colon and letters");
  return prefix;
}

std::string element(const XmpProperty& property) {
  std::string out = "   <" + property.name + ">";
  if (const auto* text = std::get_if<std::string>(&property.value)) {
    out += escaped(*text);
  } else {
    out += "\n    <rdf:Seq>\n";
    for (const std::string& item : std::get<std::vector<std::string>>(property.value))
      out += "     <rdf:li>" + escaped(item) + "</rdf:li>\n";
    out += "    </rdf:Seq>\n   ";
  }
  return out + "</" + property.name + ">\n";
}

}  // namespace

std::span<const XmpNamespace> xmp_namespaces() { return kNamespaces; }

std::string xmp_packet(std::span<const XmpProperty> properties) {
  std::set<std::string_view> used;
  std::string elements;
  for (const XmpProperty& property : properties) {
    used.insert(prefix_of(property.name));
    elements += element(property);
  }
  std::string declarations;
  for (const XmpNamespace& space : kNamespaces) {
    if (used.contains(space.prefix)) declarations += "\n    xmlns:" + std::string(space.prefix) + "=\"" + std::string(space.uri) + "\"";
  }
  return "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
         "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
         " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
         "  <rdf:Description rdf:about=\"\"" +
         declarations + ">\n" + elements +
         "  </rdf:Description>\n"
         " </rdf:RDF>\n"
         "</x:xmpmeta>\n"
         "<?xpacket end=\"r\"?>";
}

}  // namespace argent
