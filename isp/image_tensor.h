// isp/image_tensor.h - a picture as a tensor and back, on the same memory.
#pragma once

#include "isp/image.h"
#include "models/tensor/tensor.h"

namespace argent {

/// Shape 1 x 3 x height x width, channels last: as the pixels lie, rows of any stride. u8 or f32; throws Error for 16-bit pictures, whose
/// type tensors do not have. The tensor keeps the memory; writing it writes the picture.
tensor::Tensor as_tensor(const Image& image);

/// The other way: a tensor of that shape (the 1 may be missing), u8 or f32, whose channels lie side by side and pixels one after the other,
/// as channels_last() makes it. Throws Error for others. The picture keeps the memory.
Image as_image(const tensor::Tensor& tensor, Encoding encoding, ColorSpace space);

}  // namespace argent
