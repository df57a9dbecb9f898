// isp/io/params_yaml.h - described parameters from and to YAML.
#pragma once

#include <string>
#include <string_view>

#include "isp/params.h"

namespace argent {

/// Nested maps follow the dots of the paths. Keys that are absent keep their value. Throws Error for unknown keys (with the nearest
/// known one), wrong types, duplicate keys and values out of range; `source` is the file's name.
void read_yaml(const std::vector<Field>& fields, std::string_view yaml, std::string_view source);

/// Every field, nested, with unit, range and meaning as a comment.
std::string write_yaml(const std::vector<Field>& fields);

}  // namespace argent
