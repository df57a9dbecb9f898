// models/formats/safetensors_header.h - private: the JSON at the head of a safetensors file.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/runtime/dims.h"
#include "models/runtime/dtype.h"

namespace argent::tensor {

struct SafetensorsHeader {
  struct Entry {
    std::string name;
    DType dtype = DType::kF32;
    Dims shape;
    std::size_t begin = 0, end = 0;  ///< bytes, from the first after the header
  };

  std::vector<Entry> entries;  ///< in the order of their places
  std::map<std::string, std::string> metadata;
};

/// Throws Error: no JSON of this form, a name given twice, an unknown type, a place that does not fit the shape, a hole or an overlap;
/// the places must cover `data_bytes` exactly.
SafetensorsHeader parse_header(std::string_view text, std::size_t data_bytes);

/// Without padding. Throws Error: a name or a text is not UTF-8.
std::string to_json(const SafetensorsHeader& header);

}  // namespace argent::tensor
