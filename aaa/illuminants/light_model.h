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

  /// Throws Error "<path>: ..." for a file that holds not exactly these tensors, or numbers that are not finite.
  static std::shared_ptr<LightModel> load(const std::filesystem::path& path);
  /// The one that is built in, models/weights/white_balance.safetensors: the same object for all.
  static std::shared_ptr<const LightModel> built_in();
  void save(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata, Overwrite overwrite);

  /// All parts under the names that they have in a file.
  void describe(tensor::Members& members) override;

  CandidateNet& colors() const { return *colors_; }
  PlaneNet& planes(int i) const { return *planes_[static_cast<std::size_t>(i)]; }

 private:
  std::unique_ptr<CandidateNet> colors_;
  std::vector<std::unique_ptr<PlaneNet>> planes_;
};

/// Facts about the candidates that CandidateNet is told: (mired - 240) / 60, and the strength of the light.
inline constexpr int kLightFacts = 3;
std::array<float, kLightFacts> facts_of(float mired, const std::array<float, 2>& strength);

}  // namespace argent
