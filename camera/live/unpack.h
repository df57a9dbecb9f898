// camera/live/unpack.h - rows of a camera's buffer as codes of 16 bits, for buffers whose bytes the kernels don't read as they lie.
#pragma once

#include <cstddef>
#include <cstdint>

#include "camera/live/raw_layout.h"
#include "isp/geometry.h"

namespace argent {

/// Whether the kernels can read the buffer as it lies: whole 16 bit samples.
bool is_plain(const RawLayout& layout, std::size_t stride_bytes);

/// `rows` at `stride_bytes` apart, each at least row_bytes() long, to size.height rows of size.width codes.
void unpack(const RawLayout& layout, Size size, const std::byte* rows, std::size_t stride_bytes, std::uint16_t* codes);

}  // namespace argent
