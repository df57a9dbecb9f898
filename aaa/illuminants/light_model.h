// aaa/illuminants/light_model.h - private: learned beliefs about the light of a frame, and the file that holds them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aaa/illuminants/light_features.h"
#include "models/networks/candidate_net.h"
#include "models/networks/plane_net.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// A network over colors, some over the zones' planes, whose scores are averaged, and the table of surface_prior.h. All of the same data.
class LightModel {
 public:
  static constexpr int kPlaneNets = 2;

  /// Untrained.
  explicit LightModel(std::uint64_t seed);

  /// Log-probabilities of the candidates of the features; empty where there are none.
  std::vector<float> by_colors(const LightFeatures& features) const;
  std::vector<float> by_planes(const LightFeatures& features) const;

  /// Throws Error "<path>: ..." for a file that holds not exactly these tensors, or numbers that are not finite.
  static std::shared_ptr<const LightModel> load(const std::filesystem::path& path);
  /// The one that is built in: models/weights/white_balance.safetensors.
  static std::shared_ptr<const LightModel> built_in();
  void save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata, Overwrite overwrite) const;

  CandidateNet& colors() { return *colors_; }
  PlaneNet& planes(int i) { return *planes_[static_cast<std::size_t>(i)]; }
  SurfacePrior& surfaces() { return surfaces_; }
  const SurfacePrior& surfaces() const { return surfaces_; }

 private:
  std::unique_ptr<CandidateNet> colors_;
  std::vector<std::unique_ptr<PlaneNet>> planes_;
  SurfacePrior surfaces_;
};

/// Facts about the candidates that CandidateNet is told: (mired - 240) / 60, and the strength of the light.
inline constexpr int kLightFacts = 3;
std::array<float, kLightFacts> facts_of(float mired, const std::array<float, 2>& strength);

}  // namespace argent
