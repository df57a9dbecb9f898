// models/weights/white_balance.h - private: the bytes of white_balance.safetensors, which is built in.
#pragma once

#include <cstddef>
#include <span>

namespace argent {

/// See white_balance.md beside it.
std::span<const std::byte> white_balance_weights();

}  // namespace argent
