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

/// A network over colors, and some over the zones' planes, whose scores are averaged.
class LightModel final : public tensor::Module {
 public:
  static constexpr int kPlaneNets = 2;

  /// Untrained.
  explicit LightModel(std::uint64_t seed);

  /// Log-probabilities of the candidates of the features; empty where there are none.
  std::vector<float> by_colors(const LightFeatures& features) const;
  std::vector<float> by_planes(const LightFeatures& features) const;

  /// Throws Error "<path>: ..." for a file that holds not exactly these tensors, or numbers that are not finite.
  static std::shared_ptr<LightModel> load(const std::filesystem::path& path);
  void save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata, Overwrite overwrite);

  /// All parts under the names that they have in a file.
  void describe(tensor::Members& members) override;

  CandidateNet& colors() { return *colors_; }
  PlaneNet& planes(int i) { return *planes_[static_cast<std::size_t>(i)]; }

 private:
  std::unique_ptr<CandidateNet> colors_;
  std::vector<std::unique_ptr<PlaneNet>> planes_;
};

/// Facts about the candidates that CandidateNet is told: (mired - 240) / 60, and the strength of the light.
inline constexpr int kLightFacts = 3;
std::array<float, kLightFacts> facts_of(float mired, const std::array<float, 2>& strength);

}  // namespace argent
