// samples/live/preview.h - the small picture that the dashboard's viewers see.
#pragma once

#include "isp/image.h"

namespace argent {

/// At most `max_width` wide (unless that is narrower than 1/height of it): the mean of blocks of whole pixels, in code values.
/// Throws Error when `picture` is not of 8 bits.
Image preview_of(const Image& picture, int max_width, BufferPool& pool);

}  // namespace argent
