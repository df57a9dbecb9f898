#include "calibration/profile/raspberry_pi_document.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "calibration/profile/json_tree.h"
#include "calibration/profile/raspberry_pi_shading.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Source: the files that Raspberry Pi ships.
constexpr std::string_view kUsualOrder[] = {"rpi.black_level", "rpi.dpc",        "rpi.lux", "rpi.noise", "rpi.geq",      "rpi.sdn",
                                            "rpi.denoise",     "rpi.awb",        "rpi.agc", "rpi.alsc",  "rpi.contrast", "rpi.ccm",
                                            "rpi.sharpen",     "rpi.saturation", "rpi.af",  "rpi.cac",   "rpi.hdr",      "rpi.sync"};

std::size_t rank_of(std::string_view algorithm) {
  return static_cast<std::size_t>(std::find(std::begin(kUsualOrder), std::end(kUsualOrder), algorithm) - std::begin(kUsualOrder));
}

const char* name_of(RaspberryPiTarget target) { return target == RaspberryPiTarget::kPisp ? "pisp" : "bcm2835"; }
MeshSize mesh_of(RaspberryPiTarget target) { return target == RaspberryPiTarget::kPisp ? kPispMesh : kVc4Mesh; }
constexpr std::size_t kVc4Weights = 15, kPispSide = 15;

/// nullopt unless it is a list of finite numbers.
std::optional<std::vector<float>> numbers_of(const YamlNode& list) {
  if (list.kind != YamlNode::Kind::kList) return std::nullopt;
  std::vector<float> out;
  for (const YamlNode& item : list.items) {
    if (item.kind == YamlNode::Kind::kNull && &item == &list.items.back()) break;
    char* end = nullptr;
    const float value = std::strtof(item.scalar.c_str(), &end);
    if (item.kind != YamlNode::Kind::kScalar || end == item.scalar.c_str() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
    out.push_back(value);
  }
  return out;
}

bool resample_table(YamlNode& table, MeshSize from, MeshSize to) {
  const auto cells = numbers_of(table);
  if (!cells || cells->size() != static_cast<std::size_t>(from.count())) return false;
  std::vector<float> out = resampled_cells(*cells, from, to);
  const auto [least, most] = std::minmax_element(cells->begin(), cells->end());
  for (float& gain : out) gain = std::clamp(gain, 0.9f * *least, 1.1f * *most);  // what is beyond the outer centres is a guess
  table = json_numbers(out, 5);
  return true;
}

bool resample_shading(YamlNode& alsc, MeshSize from, MeshSize to) {
  bool any = false;
  for (const char* key : {"calibrations_Cr", "calibrations_Cb"}) {
    YamlNode* rows = find_in(alsc, key);
    if (rows == nullptr) continue;
    for (YamlNode& row : rows->items) {
      if (YamlNode* table = find_in(row, "table")) any = resample_table(*table, from, to) || any;
    }
  }
  if (YamlNode* luminance = find_in(alsc, "luminance_lut")) any = resample_table(*luminance, from, to) || any;
  return any;
}

/// The zones of the other ISP have another shape: a mode is made anew by what its name says.
YamlNode weights_for(std::string_view mode, RaspberryPiTarget target) {
  const bool spot = mode == "spot", centre = mode.starts_with("cent");
  std::vector<float> weights;
  if (target == RaspberryPiTarget::kVc4) {  // the first zone is the middle, the last four the corners
    for (std::size_t i = 0; i < kVc4Weights; i++)
      weights.push_back(spot ? (i < 3 ? 2.0f : 0.0f) : centre ? (i < 1 ? 4.0f : i < 7 ? 2.0f : 1.0f) : 1.0f);
    return json_numbers(weights, 0);
  }
  constexpr float kMiddle = (kPispSide - 1) / 2.0f;
  for (std::size_t y = 0; y < kPispSide; y++) {
    for (std::size_t x = 0; x < kPispSide; x++) {
      const float away = std::hypot(static_cast<float>(x) - kMiddle, static_cast<float>(y) - kMiddle) / kMiddle;
      weights.push_back(spot ? (away < 0.25f ? 1.0f : 0.0f) : centre ? std::round(1 + 3 * std::max(0.0f, 1 - away)) : 1.0f);
    }
  }
  return json_numbers(weights, 0);
}

bool reweigh(YamlNode& channel, RaspberryPiTarget target) {
  YamlNode* modes = find_in(channel, "metering_modes");
  if (modes == nullptr) return false;
  for (std::size_t i = 0; i < modes->keys.size(); i++) {
    if (modes->items[i].kind == YamlNode::Kind::kMap) set_in(modes->items[i], "weights", weights_for(modes->keys[i], target));
  }
  return !modes->keys.empty();
}

bool reweigh_all(YamlNode& agc, RaspberryPiTarget target) {
  bool any = reweigh(agc, target);
  if (YamlNode* channels = find_in(agc, "channels")) {
    for (YamlNode& channel : channels->items) any = reweigh(channel, target) || any;
  }
  return any;
}

/// Spatial noise reduction has another name on each: {"rpi.sdn": {deviation, strength}}, {"rpi.denoise": {"normal": {"sdn": ...}}}.
std::vector<std::string> rename_denoise(YamlNode& entry, RaspberryPiTarget target) {
  if (target == RaspberryPiTarget::kPisp && entry.keys.size() == 1 && entry.keys[0] == "rpi.sdn") {
    entry = json_map({{"rpi.denoise", json_map({{"normal", json_map({{"sdn", entry.items[0]}})}})}});
    return {"rpi.sdn: became the spatial part of rpi.denoise, whose other parts are left to their defaults"};
  }
  if (target != RaspberryPiTarget::kVc4 || entry.keys.size() != 1 || entry.keys[0] != "rpi.denoise") return {};
  YamlNode* normal = find_in(entry.items[0], "normal");
  YamlNode* found = find_in(normal != nullptr ? *normal : entry.items[0], "sdn");
  YamlNode sdn = json_map({});
  for (const char* key : {"deviation", "strength"}) {
    const YamlNode* value = found != nullptr ? found->find(key) : nullptr;
    if (value != nullptr) set_in(sdn, key, *value);
  }
  entry = json_map({{"rpi.sdn", sdn}});
  return {"rpi.denoise: became rpi.sdn; noise reduction over time and of color: vc4 has none; left out"};
}

}  // namespace

RaspberryPiDocument::RaspberryPiDocument(RaspberryPiTarget target)
    : root_(json_map({{"version", json_literal("2.0")}, {"target", json_text(name_of(target))}, {"algorithms", json_list({})}})),
      target_(target),
      source_("tuning") {}

RaspberryPiDocument::RaspberryPiDocument(std::string_view json, std::string_view source)
    : root_(parse_yaml(json, source)), target_(RaspberryPiTarget::kVc4), source_(source) {
  if (root_.kind != YamlNode::Kind::kMap)
    throw Error(place_of(root_, source), ": the tuning is ", argent::name_of(root_.kind), ", expected an object");
  if (const YamlNode* list = root_.find("algorithms")) {
    if (list->kind != YamlNode::Kind::kList)
      throw Error(place_of(*list, source), ": algorithms is ", argent::name_of(list->kind), ", expected a list");
    const YamlNode* target = root_.find("target");
    if (target != nullptr && target->scalar == "pisp") target_ = RaspberryPiTarget::kPisp;
    return;
  }
  RaspberryPiDocument second(RaspberryPiTarget::kVc4);
  for (std::size_t i = 0; i < root_.keys.size(); i++) {
    if (root_.items[i].kind == YamlNode::Kind::kMap || root_.keys[i].starts_with("rpi.")) {
      second.list().items.push_back(json_map({{root_.keys[i], std::move(root_.items[i])}}));
    } else if (root_.keys[i] != "version" && root_.keys[i] != "target") {
      set_in(second.root_, root_.keys[i], std::move(root_.items[i]));
    }
  }
  root_ = std::move(second.root_);
}

YamlNode& RaspberryPiDocument::list() { return *find_in(root_, "algorithms"); }

YamlNode* RaspberryPiDocument::find(std::string_view algorithm) {
  for (YamlNode& entry : list().items) {
    YamlNode* found = find_in(entry, algorithm);
    if (found != nullptr && found->kind == YamlNode::Kind::kMap) return found;
    if (found != nullptr && found->kind == YamlNode::Kind::kNull) {
      found->kind = YamlNode::Kind::kMap;
      return found;
    }
  }
  return nullptr;
}

YamlNode& RaspberryPiDocument::need(std::string_view algorithm) {
  if (YamlNode* found = find(algorithm)) return *found;
  std::vector<YamlNode>& entries = list().items;
  const std::size_t rank = rank_of(algorithm);
  const auto place = std::find_if(entries.begin(), entries.end(), [&](const YamlNode& entry) {
    const std::size_t other = entry.keys.empty() ? std::size(kUsualOrder) : rank_of(entry.keys[0]);
    return other > rank && other < std::size(kUsualOrder);
  });
  return entries.insert(place, json_map({{std::string(algorithm), json_map({})}}))->items[0];
}

std::vector<std::string> RaspberryPiDocument::retarget(RaspberryPiTarget target) {
  if (target == target_) return {};
  std::vector<std::string> remarks;
  const MeshSize from = mesh_of(target_), to = mesh_of(target);
  const auto text = [](MeshSize size) { return std::to_string(size.columns) + "x" + std::to_string(size.rows); };
  YamlNode* alsc = find("rpi.alsc");
  if (alsc != nullptr && resample_shading(*alsc, from, to))
    remarks.push_back("rpi.alsc: tables resampled from " + text(from) + " to " + text(to));
  YamlNode* agc = find("rpi.agc");
  if (agc != nullptr && reweigh_all(*agc, target)) {
    remarks.push_back("rpi.agc: metering weights made anew by the names of the modes, since the zones have another shape");
  }
  for (YamlNode& entry : list().items) {
    for (std::string& remark : rename_denoise(entry, target)) remarks.push_back(std::move(remark));
  }
  for (const char* name : {"rpi.cac", "rpi.saturation", "rpi.tonemap", "rpi.decompand"}) {
    if (target == RaspberryPiTarget::kVc4 && find(name) != nullptr)
      remarks.push_back(std::string(name) + ": vc4 has no such part; kept, without effect");
  }
  set_in(root_, "target", json_text(name_of(target)));
  target_ = target;
  return remarks;
}

std::string RaspberryPiDocument::json() const { return write_json(root_, source_); }

}  // namespace argent
