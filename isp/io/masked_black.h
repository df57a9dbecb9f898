// isp/io/masked_black.h - private: black levels as the sensor's covered pixels show them.
#pragma once

#include <array>
#include <optional>

#include "isp/sensor_info.h"

class LibRaw;

namespace argent {

/// Of each site the mean of the middle half of the masked pixels' codes: the rims of masks leak, and hot pixels are in them too. Masks are
/// LibRaw's: a camera's known borders, or a DNG's MaskedAreas. nullopt: a site has fewer than 64 of them, or there is no mosaic.
/// The picture must have been decoded.
std::optional<std::array<float, 4>> masked_black_of(const LibRaw& decoder, CfaPattern cfa);

}  // namespace argent
