// The reader of libcamera_tuning.h; libcamera_writer.cpp is its mirror.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>

#include "calibration/profile/awb_modes.h"
#include "calibration/profile/libcamera_tuning.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "calibration/profile/tuning_object.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

struct Mark {
  std::string_view algorithm;
  LibcameraPipeline pipeline;
};
constexpr Mark kMarks[] = {{"BlackLevel", LibcameraPipeline::kSimple},
                           {"Lut", LibcameraPipeline::kSimple},
                           {"Adjust", LibcameraPipeline::kSimple},
                           {"Lsc", LibcameraPipeline::kMaliC55},
                           {"Af", LibcameraPipeline::kIpu3},
                           {"ToneMapping", LibcameraPipeline::kIpu3},
                           {"ColorProcessing", LibcameraPipeline::kRkisp1},
                           {"CompandingCurve", LibcameraPipeline::kRkisp1},
                           {"Compress", LibcameraPipeline::kRkisp1},
                           {"DefectPixelClusterCorrection", LibcameraPipeline::kRkisp1},
                           {"Dpf", LibcameraPipeline::kRkisp1},
                           {"Filter", LibcameraPipeline::kRkisp1},
                           {"GammaOutCorrection", LibcameraPipeline::kRkisp1},
                           {"GammaSensorLinearization", LibcameraPipeline::kRkisp1},
                           {"LensShadingCorrection", LibcameraPipeline::kRkisp1},
                           {"Lux", LibcameraPipeline::kRkisp1},
                           {"Wdr", LibcameraPipeline::kRkisp1}};

constexpr float kFullScale = 65536;

class Importer {
 public:
  explicit Importer(std::string_view source) : source_(source) { out_.profile.name = std::filesystem::path(source).stem().string(); }

  void import(const std::string& name, const YamlNode& parameters) {
    if (parameters.kind == YamlNode::Kind::kNull) return;  // on, with its defaults
    const TuningObject object(parameters, shown(name), source_);
    if (name == "BlackLevel") {
      if (object.find("blackLevel") != nullptr)
        set_black({object.need("blackLevel"), object.need("blackLevel"), object.need("blackLevel"), object.need("blackLevel")});
    } else if (name == "BlackLevelCorrection") {
      import_black(object);
    } else if (name == "Ccm") {
      import_corrections(object);
    } else if (name == "LensShadingCorrection") {
      import_shading(object);
    } else if (name == "Awb") {
      import_balance(object);
    } else if (name == "Lux") {
      import_lux(object);
    } else {
      remark(shown(name) + ": a profile has no place for it; left out");
    }
  }

  ImportedTuning take() {
    check(out_.profile, source_);
    return std::move(out_);
  }

 private:
  void remark(std::string text) { out_.remarks.push_back(std::move(text)); }

  void set_black(const std::array<float, 4>& levels) {
    out_.profile.black = levels;
    out_.profile.white = {kFullScale - 1, kFullScale - 1, kFullScale - 1, kFullScale - 1};
  }

  void import_black(const TuningObject& object) {
    if (object.find("offset00") != nullptr) {  // mali-c55: 20 bits, by the site
      const auto level = [&](std::string_view key) { return object.need(key) / 16; };
      set_black({level("offset00"), level("offset01"), level("offset10"), level("offset11")});
      remark("BlackLevelCorrection: its offsets are taken for those of an RGGB sensor");
      return;
    }
    if (object.find("R") == nullptr) return;
    std::array<float, 4> levels{object.need("R"), object.need("Gr"), object.need("Gb"), object.need("B")};
    if (*std::max_element(levels.begin(), levels.end()) < kRkisp1Ambiguous) {
      for (float& level : levels) level *= 16;
    }
    set_black(levels);
  }

  void import_corrections(const TuningObject& object) {
    for (const TuningObject& row : object.objects("ccms")) {
      out_.profile.isp.corrections.push_back({row.need("ct"), correction_of(row, "ccm")});
      const std::vector<float> offsets = row.numbers("offsets");
      if (std::any_of(offsets.begin(), offsets.end(), [](float v) { return v != 0; })) remark("Ccm: offsets: a profile has none; left out");
    }
  }

  /// Where the nodes stand, 0..1: sizes of the segments of one half, the other is its mirror image.
  std::vector<float> places_of(const TuningObject& object, std::string_view key) const {
    constexpr std::size_t kHalf = (kRkisp1Nodes - 1) / 2;
    std::vector<float> sizes = object.numbers(key);
    if (sizes.empty()) sizes.assign(kHalf, 0.5f / kHalf);
    const float sum = std::accumulate(sizes.begin(), sizes.end(), 0.0f);
    if (sizes.size() != kHalf || !(std::abs(sum - 0.5f) < 0.01f) || !(*std::min_element(sizes.begin(), sizes.end()) > 0)) {
      object.fail(std::string(key) + " has " + std::to_string(sizes.size()) + " sizes that sum to " + std::to_string(sum) +
                  ", expected 8 positive ones that sum to 0.5");
    }
    std::vector<float> places{0};
    for (std::size_t i = 0; i < 2 * kHalf; i++) places.push_back(places.back() + sizes[i < kHalf ? i : 2 * kHalf - 1 - i]);
    for (float& place : places) place /= places.back();
    return places;
  }

  /// Values at uneven places of a line, at even ones.
  static std::vector<float> evened(const std::vector<float>& values, const std::vector<float>& places) {
    std::vector<float> out;
    for (std::size_t i = 0; i < values.size(); i++) {
      const float at = static_cast<float>(i) / static_cast<float>(values.size() - 1);
      const auto above = std::min(std::max<std::ptrdiff_t>(1, std::lower_bound(places.begin(), places.end(), at) - places.begin()),
                                  static_cast<std::ptrdiff_t>(places.size()) - 1);
      const auto k = static_cast<std::size_t>(above);
      out.push_back(std::lerp(values[k - 1], values[k], std::clamp((at - places[k - 1]) / (places[k] - places[k - 1]), 0.0f, 1.0f)));
    }
    return out;
  }

  static std::vector<float> evened(std::vector<float> table, const std::vector<float>& xs, const std::vector<float>& ys) {
    constexpr std::size_t kSide = kRkisp1Nodes;
    std::vector<float> line(kSide);
    for (std::size_t y = 0; y < kSide; y++) {
      for (std::size_t x = 0; x < kSide; x++) line[x] = table[y * kSide + x];
      const std::vector<float> even = evened(line, xs);
      std::copy(even.begin(), even.end(), table.begin() + static_cast<std::ptrdiff_t>(y * kSide));
    }
    for (std::size_t x = 0; x < kSide; x++) {
      for (std::size_t y = 0; y < kSide; y++) line[y] = table[y * kSide + x];
      const std::vector<float> even = evened(line, ys);
      for (std::size_t y = 0; y < kSide; y++) table[y * kSide + x] = even[y];
    }
    return table;
  }

  void import_shading(const TuningObject& object) {
    const YamlNode* type = object.find("type");
    if (type != nullptr && type->scalar != "table") {
      remark("LensShadingCorrection: of type " + shown(type->scalar) + ", which is not read; left out");
      return;
    }
    const std::vector<float> xs = places_of(object, "x-size"), ys = places_of(object, "y-size");
    std::vector<ShadingMesh>& meshes = out_.profile.isp.shading;
    for (const TuningObject& set : object.objects("sets")) {
      ShadingMesh mesh{set.need("ct"), kRkisp1Nodes, kRkisp1Nodes, {}};
      const auto table = [&](std::string_view key) {
        std::vector<float> gains = set.numbers(key);
        if (gains.size() != kRkisp1Nodes * kRkisp1Nodes)
          set.fail(std::string(key) + " has " + std::to_string(gains.size()) + " gains, expected 289");
        for (float& gain : gains) gain /= kRkisp1UnitGain;
        return evened(std::move(gains), xs, ys);
      };
      const std::vector<float> gr = table("gr"), gb = table("gb");
      mesh.gains = {table("r"), gr, table("b")};
      for (std::size_t i = 0; i < gr.size(); i++) mesh.gains[1][i] = (gr[i] + gb[i]) / 2;
      float least = 1;
      for (const auto& channel : mesh.gains) least = std::min(least, *std::min_element(channel.begin(), channel.end()));
      if (!(least > 0)) set.fail("has a gain of " + std::to_string(least) + ", expected a positive one");
      for (auto& channel : mesh.gains) {
        for (float& gain : channel) gain /= least;
      }
      meshes.push_back(std::move(mesh));
    }
    std::stable_sort(meshes.begin(), meshes.end(), [](const ShadingMesh& a, const ShadingMesh& b) { return a.cct < b.cct; });
    const auto same = [](const ShadingMesh& a, const ShadingMesh& b) { return a.cct == b.cct; };
    const auto doubled = std::unique(meshes.begin(), meshes.end(), same);
    if (doubled != meshes.end()) remark("LensShadingCorrection: of several sets of one temperature the first is taken");
    meshes.erase(doubled, meshes.end());
  }

  void import_balance(const TuningObject& object) {
    AutoWhiteBalanceParams& balance = out_.profile.aaa.white_balance;
    for (const TuningObject& row : object.objects("colourGains")) {
      const std::vector<float> gains = row.numbers("gains");
      if (gains.size() != 2 || !(gains[0] > 0 && gains[1] > 0)) row.fail("has no two positive gains, of red and blue");
      balance.prior.curve.push_back({row.need("ct"), 1 / gains[0], 1 / gains[1]});
    }
    for (const TuningObject& row : object.objects("priors")) {
      LuxPrior prior{row.need("lux")};
      const std::vector<float> ccts = row.numbers("ct"), values = row.numbers("probability");
      if (ccts.empty() || ccts.size() != values.size())
        row.fail("has " + std::to_string(ccts.size()) + " temperatures and " + std::to_string(values.size()) + " probabilities");
      for (std::size_t i = 0; i < ccts.size(); i++) prior.points.push_back({ccts[i], values[i]});
      balance.prior.lux_priors.push_back(std::move(prior));
    }
    balance.prior.transverse_positive = object.number("transversePos", balance.prior.transverse_positive);
    balance.prior.transverse_negative = object.number("transverseNeg", balance.prior.transverse_negative);
    if (object.find("AwbMode") == nullptr) return;
    const TuningObject modes = object.object("AwbMode");
    for (std::size_t i = 0; i < kAwbModeNames.size(); i++) {
      std::string name = "Awb" + std::string(kAwbModeNames[i]);
      name[3] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[3])));
      if (modes.find(name) == nullptr) continue;
      const TuningObject mode = modes.object(name);
      balance.modes.*kAwbModeRanges[i] = {mode.need("lo"), mode.need("hi")};
    }
  }

  void import_lux(const TuningObject& object) {
    if (object.find("referenceLux") == nullptr) return;
    const float digital = object.number("referenceDigitalGain", 1);
    out_.profile.lux_reference = LuxReference{object.need("referenceLux"), object.need("referenceExposureTime"),
                                              object.need("referenceAnalogueGain") * digital, 1, object.need("referenceY") / kFullScale};
  }

  std::string_view source_;
  ImportedTuning out_;
};

}  // namespace

LibcameraPipeline pipeline_of(const YamlNode& root) {
  const YamlNode* list = root.find("algorithms");
  if (list == nullptr) return LibcameraPipeline::kUnnamed;
  for (const YamlNode& entry : list->items) {
    for (const std::string& key : entry.keys) {
      for (const Mark& mark : kMarks) {
        if (key == mark.algorithm) return mark.pipeline;
      }
    }
  }
  return LibcameraPipeline::kUnnamed;
}

ImportedTuning import_libcamera_tuning(std::string_view yaml, std::string_view source) {
  const YamlNode root = parse_yaml(yaml, source);
  const YamlNode* list = root.find("algorithms");
  if (list == nullptr || list->kind != YamlNode::Kind::kList)
    throw Error(place_of(root, source), ": no list of algorithms, expected a tuning of libcamera");
  Importer importer(source);
  for (const YamlNode& entry : list->items) {
    for (std::size_t i = 0; i < entry.keys.size(); i++) importer.import(entry.keys[i], entry.items[i]);
  }
  return importer.take();
}

}  // namespace argent
