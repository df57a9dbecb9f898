#include "models/formats/safetensors.h"

#include <algorithm>
#include <cstring>

#include "models/formats/mapped_file.h"
#include "models/formats/safetensors_header.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/quoted_text.h"

namespace argent::tensor {
namespace {

/// The format's own bound on the header.
constexpr std::uint64_t kLargestHeader = 100'000'000;
constexpr std::size_t kSizeBytes = 8;
/// Where the numbers begin in files written here is a multiple of this: as tensors in memory.
constexpr std::size_t kAlignment = 64;

SafetensorsFile parse(const FileBytes& file) {
  std::uint64_t header_bytes = 0;
  if (file.bytes.size() < kSizeBytes) throw Error("has " + std::to_string(file.bytes.size()) + " bytes, too few for the size of a header");
  std::memcpy(&header_bytes, file.bytes.data(), kSizeBytes);
  if (header_bytes > kLargestHeader) throw Error("a header of " + std::to_string(header_bytes) + " bytes, at most 100000000 are allowed");
  if (header_bytes > file.bytes.size() - kSizeBytes)
    throw Error("a header of " + std::to_string(header_bytes) + " bytes in a file of " + std::to_string(file.bytes.size()));
  const std::size_t start = kSizeBytes + static_cast<std::size_t>(header_bytes);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()) + kSizeBytes, static_cast<std::size_t>(header_bytes));
  SafetensorsHeader header = parse_header(text, file.bytes.size() - start);
  SafetensorsFile result;
  result.metadata = std::move(header.metadata);
  for (SafetensorsHeader::Entry& entry : header.entries) {
    result.tensors.emplace(std::move(entry.name), tensor_at(file, start + entry.begin, entry.shape, entry.dtype));
  }
  return result;
}

/// Places for the tensors, wide types first, so that each is aligned; the order of names among equals.
SafetensorsHeader header_for(const NamedTensors& tensors, const std::map<std::string, std::string>& metadata) {
  SafetensorsHeader header;
  header.metadata = metadata;
  for (const auto& [name, tensor] : tensors) {
    if (name.empty() || name == "__metadata__") throw Error("a tensor can't be named " + in_quotes(name));
    if (!tensor.defined()) throw Error(in_quotes(name) + " is an undefined tensor");
    header.entries.push_back({name, tensor.dtype(), tensor.shape()});
  }
  std::stable_sort(header.entries.begin(), header.entries.end(),
                   [](const auto& a, const auto& b) { return size_of(a.dtype) > size_of(b.dtype); });
  std::size_t place = 0;
  for (SafetensorsHeader::Entry& entry : header.entries) {
    entry.begin = place;
    place += bytes_of(entry.shape, entry.dtype);
    entry.end = place;
  }
  return header;
}

}  // namespace

SafetensorsFile read_safetensors(const std::filesystem::path& path) {
  const FileBytes file = map_file(path);
  try {
    return parse(file);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
}

SafetensorsFile parse_safetensors(std::span<const std::byte> bytes) {
  // Without an owner nothing looks at, let alone writes, these bytes later.
  return parse({{const_cast<std::byte*>(bytes.data()), bytes.size()}, {}});
}

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors, const std::map<std::string, std::string>& metadata,
                       Overwrite overwrite) {
  SafetensorsHeader header;
  std::string json;
  try {
    header = header_for(tensors, metadata);
    json = to_json(header);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
  json.append((kAlignment - (kSizeBytes + json.size()) % kAlignment) % kAlignment, ' ');
  const std::uint64_t size = json.size();
  if (size > kLargestHeader) throw Error(path.string() + ": the names take more than the 100000000 bytes that a header may have");
  OutputFile file(path, overwrite);
  file.write(&size, sizeof size);
  file.write(json.data(), json.size());
  for (const SafetensorsHeader::Entry& entry : header.entries) {
    const Tensor tensor = in_one_piece(tensors.at(entry.name));
    file.write(bytes_of(tensor).data(), bytes_of(tensor).size());
  }
  file.check();
  file.commit();
}

}  // namespace argent::tensor
