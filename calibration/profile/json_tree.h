// calibration/profile/json_tree.h - private: a tree of values that is built or edited by hand and written as JSON.
//
// What was read keeps its order and its digits: "1.0" stays "1.0".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isp/io/yaml_document.h"

namespace argent {

YamlNode json_text(std::string_view text);
/// Written as it is: "2.0", "true".
YamlNode json_literal(std::string_view text);
/// The shortest number that reads back equal.
YamlNode json_number(float value);
/// At most so many decimals.
YamlNode json_numbers(std::span<const float> values, int decimals);
YamlNode json_list(std::vector<YamlNode> items);
YamlNode json_map(std::vector<std::pair<std::string, YamlNode>> entries);

/// nullptr: a map without it, or no map.
YamlNode* find_in(YamlNode& map, std::string_view key);
/// Replaces the value of a key, or adds it at the end.
void set_in(YamlNode& map, std::string_view key, YamlNode value);

/// A number as JSON's grammar has it (RFC 8259, section 6).
bool is_json_number(std::string_view text);

/// The tree with four blanks a level, tables in rows. What a trailing comma left is left out. Throws Error "<source>:<line>: ..." for a
/// number that is not finite, which JSON cannot say.
std::string write_json(const YamlNode& root, std::string_view source);

}  // namespace argent
