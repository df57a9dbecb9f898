// models/formats/safetensors.h - files of named tensors, which any tool of the field opens.
//
// Source: the format's description (github.com/huggingface/safetensors, README "Format"): 8 bytes, the size of a header; the header, JSON
// of name -> type, shape, place; the numbers, little endian, the last axis the fastest. Every rule of it is enforced.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "models/runtime/overwrite.h"
#include "models/tensor/layers/members.h"

namespace argent::tensor {

struct SafetensorsFile {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;  ///< "__metadata__"
};

/// The file is mapped: tensors look at it, and numbers are read when they are used. They may be written, which does not change the file.
/// Throws Error "<path>: <what is wrong>".
SafetensorsFile read_safetensors(const std::filesystem::path& path);

/// The same of bytes in memory; tensors are copies.
SafetensorsFile parse_safetensors(std::span<const std::byte> bytes);

/// Appears whole or not at all; the same tensors and metadata always give the same bytes. Throws Error: a name or a text is no UTF-8, a
/// name is empty or "__metadata__", the header is larger than the format allows, the file can't be written.
void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors, const std::map<std::string, std::string>& metadata,
                       Overwrite overwrite);

}  // namespace argent::tensor
