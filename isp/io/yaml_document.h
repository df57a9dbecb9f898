// isp/io/yaml_document.h - private: a YAML file as a small tree in which every value knows its line.
//
// Files come from strangers: anchors and aliases (which can make a kilobyte mean gigabytes), deep nesting, duplicate keys (unless they are
// asked for), a second document and more than 8 MB are refused.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isp/params.h"

namespace argent {

inline constexpr std::size_t kMaxYamlBytes = 8'000'000;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 1;
  std::string scalar;
  bool quoted = false;                               ///< of a scalar: it stood in quotes
  std::vector<YamlNode> items;                       ///< of a list; of a map the values
  std::vector<std::string> keys;                     ///< of a map
  std::vector<int> key_lines;                        ///< of a map that was read: where its keys stand
  const YamlNode* find(std::string_view key) const;  ///< nullptr: a map without it, or no map
};

/// What a key that is given twice means: an Error, or both entries, of which find() gives the first.
enum class DuplicateKeys { kRefused, kKept };

/// Throws Error "<source>:<line>: ...".
YamlNode parse_yaml(std::string_view yaml, std::string_view source, DuplicateKeys duplicates = DuplicateKeys::kRefused);

/// The text of a file, at most kMaxYamlBytes of it.
std::string read_yaml_file(const std::filesystem::path& path);

/// "<source>:<line>"
std::string place_of(const YamlNode& node, std::string_view source);

/// "a number", "a list": what was found, for errors.
std::string_view name_of(YamlNode::Kind kind);

/// Takes a key's value out of a map; empty when there is none, or no map.
YamlNode take(YamlNode& map, std::string_view key);

/// Assigns what `map` says; `prefix` ("isp.") is what its keys lack to be paths of fields.
void read_fields(const std::vector<Field>& fields, const YamlNode& map, const std::string& prefix, std::string_view source);

/// A scalar that reads back equal, quoted where it has to be.
std::string yaml_text(std::string_view text);

}  // namespace argent
