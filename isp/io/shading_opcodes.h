// isp/io/shading_opcodes.h - private: a lens's falloff as DNG says it: GainMaps of opcode list 2. Source: DNG 1.7.1.0, chapter 7,
// "GainMap".
#pragma once

#include <vector>

#include "isp/dng_opcodes.h"
#include "isp/pipeline_params.h"
#include "isp/sensor_info.h"

namespace argent {

/// Of a Bayer mosaic four maps, one a site of its 2x2; of three samples a pixel one of three planes; of one sample without color one,
/// green's. They are optional: who does not know them shows a darker corner.
std::vector<DngOpcode> shading_opcodes(const ShadingMesh& mesh, CfaPattern cfa, Size active);

}  // namespace argent
