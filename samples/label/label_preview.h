// label_preview.h - a capture as a picture for people, with what its light was read from.
#pragma once

#include "capture_label.h"

namespace argent {

/// u8 sRGB, half of the frame's size: balanced by the light (by the picture's mean where it is not known), the chart's patches or the grey
/// patch drawn; in colors of the sensor. `caption`: text at its upper edge.
Image label_preview(const SensorPicture& picture, const MeasuredLight* light, const std::string& caption, BufferPool& pool);

}  // namespace argent
