// models/formats/mapped_file.h - private: the bytes of a file in memory, and tensors that look at them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "models/tensor/tensor.h"

namespace argent::tensor {

/// A whole file, mapped: pages are read when they are looked at. Writes stay in memory and never reach the file. Who cuts the file short
/// while it is mapped kills the reader; that is the system's way.
class MappedFile {
 public:
  /// Throws Error when it is not a readable plain file.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<std::byte> bytes() const { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// Bytes of a file of tensors, and what keeps them alive (empty: nobody, tensors are copied from them).
struct FileBytes {
  std::span<std::byte> bytes;
  std::shared_ptr<const void> owner;
};

/// Of the file at `path`, mapped.
FileBytes map_file(const std::filesystem::path& path);

/// The bytes that a tensor of this shape and type fills. Throws Error when the shape has a negative size or is too large to count.
std::size_t bytes_of(const Dims& shape, DType type);

/// A tensor of this shape on the bytes from `offset` on, which must be there: a view where the owner and their alignment allow it, else a
/// copy. `strides` as Tensor's. Throws Error when a bool is neither 0 nor 1.
Tensor tensor_at(const FileBytes& file, std::size_t offset, const Dims& shape, DType type, const Dims& strides = {});

/// The same numbers in one piece, the last axis the fastest, and no gradient: what is written to a file.
Tensor in_one_piece(const Tensor& tensor);
std::span<const std::byte> bytes_of(const Tensor& contiguous);

}  // namespace argent::tensor
