// models/formats/npy.h - NumPy's files of one array.
//
// Source: numpy.lib.format, "Format Version 1.0", "2.0", "3.0". Little endian; bf16 has no name there.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "models/runtime/overwrite.h"
#include "models/tensor/tensor.h"

namespace argent::tensor {

/// The file is mapped, as by read_safetensors. An array in Fortran's order has strides to match. Of u16, which the engine has not, the
/// numbers come as i32, in a copy. Throws Error "<path>: <what is wrong>":
/// no npy, a type that the engine has not, big endian, more or fewer bytes than the shape says.
Tensor read_npy(const std::filesystem::path& path);

/// The same of bytes in memory; a copy.
Tensor parse_npy(std::span<const std::byte> bytes);

/// Version 1.0, the last axis the fastest; appears whole or not at all.
void write_npy(const std::filesystem::path& path, const Tensor& tensor, Overwrite overwrite);

}  // namespace argent::tensor
