#include "models/formats/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "models/runtime/error.h"
#include "models/tensor/autograd.h"

namespace argent::tensor {

static_assert(std::endian::native == std::endian::little, "files of tensors are little endian, and so is the memory they are mapped to");

MappedFile::MappedFile(const std::filesystem::path& path) {
  const auto fail = [&](const std::string& what) -> Error { return Error(path.string() + ": " + what); };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe must not make us wait
  if (descriptor < 0) throw fail(errno == ENOENT ? "does not exist" : std::generic_category().message(errno));
  struct stat status;
  const bool plain = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  void* memory = nullptr;
  if (plain && status.st_size > 0) {
    memory = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
  }
  const int error = errno;
  ::close(descriptor);
  if (!plain) throw fail("is not a plain file");
  if (memory == MAP_FAILED) throw fail("can't be mapped: " + std::generic_category().message(error));
  bytes_ = {static_cast<std::byte*>(memory), static_cast<std::size_t>(status.st_size)};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

FileBytes map_file(const std::filesystem::path& path) {
  auto file = std::make_shared<const MappedFile>(path);
  const std::span<std::byte> bytes = file->bytes();
  return {bytes, std::move(file)};
}

std::size_t bytes_of(const Dims& shape, DType type) {
  auto bytes = static_cast<std::int64_t>(size_of(type));
  for (std::int64_t size : shape) {  // a size of 0 hides no other: strides are their products
    if (size < 0 || __builtin_mul_overflow(bytes, std::max<std::int64_t>(1, size), &bytes))
      throw Error("a shape of " + to_text(shape) + " can't be");
  }
  return shape.contains(0) ? 0 : static_cast<std::size_t>(bytes);
}

Tensor tensor_at(const FileBytes& file, std::size_t offset, const Dims& shape, DType type, const Dims& strides) {
  const std::span<std::byte> bytes = file.bytes.subspan(offset, bytes_of(shape, type));
  if (type == DType::kBool) {
    const auto wrong = std::find_if(bytes.begin(), bytes.end(), [](std::byte value) { return value > std::byte{1}; });
    if (wrong != bytes.end()) throw Error("a bool is " + std::to_string(static_cast<int>(*wrong)) + ", expected 0 or 1");
  }
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % size_of(type) == 0;
  if (file.owner && aligned && !bytes.empty()) return from_memory(bytes.data(), shape, type, strides, file.owner);
  Tensor copy = empty(shape, type, strides);
  if (!bytes.empty()) std::memcpy(copy.raw(), bytes.data(), bytes.size());
  return copy;
}

Tensor in_one_piece(const Tensor& tensor) {
  const NoGrad off;
  return tensor.detach().contiguous();
}

std::span<const std::byte> bytes_of(const Tensor& contiguous) {
  return {contiguous.raw(), static_cast<std::size_t>(contiguous.count()) * size_of(contiguous.dtype())};
}

}  // namespace argent::tensor
