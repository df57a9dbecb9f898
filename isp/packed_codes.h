// isp/packed_codes.h - what lies in packed bytes. The kernels read them as they are; here is the slow way, for whoever wants single codes.
#pragma once

#include "isp/frame.h"
#include "models/runtime/buffer_pool.h"

namespace argent {

/// 8, 10, 12 or 14.
int bits_of(PackedFormat format);
/// nullopt: none of the formats has codes of so many bits.
std::optional<PackedFormat> packed_format_of(int bits);

/// Bytes that `width` pixels take, the last group whole.
std::size_t packed_row_bytes(PackedFormat format, int width);

/// One row of `width` codes; reads packed_row_bytes() bytes.
void unpack_row(PackedFormat format, const std::uint8_t* bytes, int width, std::uint16_t* codes);

/// The inverse: writes packed_row_bytes() bytes; bits beyond the format's are left out, what fills the last group up is 0.
void pack_row(PackedFormat format, const std::uint16_t* codes, int width, std::uint8_t* bytes);

/// The frame with its codes in 16 bits, in memory of its own from `pool`; a frame that is not packed comes with the same pixels, shared.
/// Throws Error for a frame that contradicts itself.
RawFrame unpacked(const RawFrame& frame, BufferPool& pool);

/// The frame with its codes as its sensor's link would pack them, in memory of its own from `pool`; a packed one comes shared. Throws Error
/// for a frame that contradicts itself, is no mosaic, or has bits for which there is no format.
RawFrame packed(const RawFrame& frame, BufferPool& pool);

/// The frame with its pixels as they lie, packed ones packed, in memory of its own from `pool`: who keeps frames keeps no camera's buffers.
/// Throws Error for a frame that contradicts itself.
RawFrame copied(const RawFrame& frame, BufferPool& pool);

/// Throws Error when the frame has no pixels or a side beyond kMaxSide, its stride is less than a row or does not fit 32 bits, or packed
/// codes do not fit its sensor.
void check_pixels(const RawFrame& frame);

}  // namespace argent
