// isp/site_mesh.h - private: all gains over the picture that undo what lens and sensor do to even light, as one mesh.
#pragma once

#include <array>
#include <vector>

#include "isp/controls.h"
#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent {

/// As ShadingMesh, for each of the four sites R, G on R's rows, G on B's rows, B: a DNG may correct its greens apart.
struct SiteMesh {
  int columns = 1, rows = 1;
  std::array<std::vector<float>, 4> gains{{{1}, {1}, {1}, {1}}};  ///< rows x columns
};

/// The mesh at a cct, interpolated between the neighbors in reciprocal temperature; 1x1 of ones when there is none.
ShadingMesh mesh_at(const std::vector<ShadingMesh>& meshes, float cct);

/// params.shading at that cct, params.flat, and the gain maps and vignettes of the frame's opcodes; without all of these what a database
/// says of its lens. Throws Error for a flat field of
/// another size, and opcodes that contradict themselves, or that are not optional and can't be applied.
SiteMesh lens_mesh(const RawFrame& frame, const PipelineParams& params, float cct);

/// The mesh times a map of mixed light. An empty map changes nothing. Throws Error for a map that contradicts itself.
SiteMesh with_gain_map(SiteMesh mesh, const GainMap& map);

}  // namespace argent
