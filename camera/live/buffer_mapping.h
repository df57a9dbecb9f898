// camera/live/buffer_mapping.h - a dma-buf in this process's memory.
#pragma once

#include <cstddef>
#include <memory>

#include "camera/live/capture_device.h"

namespace argent {

/// `bytes` of dma-buf `file` from `offset` on, for reading; keeps a descriptor of its own. Throws Error.
std::shared_ptr<const BufferMapping> map_dma_buffer(int file, std::size_t offset, std::size_t bytes);

}  // namespace argent
