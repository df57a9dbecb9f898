// isp/io/opcode_lists.h - private: DNG's opcode lists, bytes to structs and back. Source: DNG 1.7.1.0, chapter 7; big-endian always.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isp/dng_opcodes.h"

namespace argent {

/// Coordinates as they stand in the file. Opcodes that are not known here come as UnknownOpcode. Throws Error (what is wrong, no path) for
/// a list that contradicts itself; no number in it takes memory that its bytes do not fill.
std::vector<DngOpcode> parse_opcode_list(std::span<const std::uint8_t> bytes);

/// The bytes of a tag. parse_opcode_list() gives the same list back.
std::vector<std::uint8_t> opcode_list_bytes(std::span<const DngOpcode> opcodes);

}  // namespace argent
