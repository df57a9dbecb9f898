#include "calibration/profile/tuning_object.h"

#include <cmath>

#include "models/runtime/error.h"

namespace argent {

TuningObject::TuningObject(const YamlNode& node, std::string path, std::string_view source)
    : node_(&node), path_(std::move(path)), source_(source) {
  if (node.kind != YamlNode::Kind::kMap) fail(node, "is " + std::string(name_of(node.kind)) + ", expected an object");
}

float TuningObject::number(std::string_view key, float otherwise) const {
  const YamlNode* found = find(key);
  return found == nullptr ? otherwise : number(*found, key);
}

float TuningObject::need(std::string_view key) const {
  const YamlNode* found = find(key);
  if (found == nullptr) fail(*node_, "lacks " + std::string(key));
  return number(*found, key);
}

std::vector<float> TuningObject::numbers(std::string_view key) const {
  std::vector<float> values;
  for (const YamlNode* item : items(key)) values.push_back(number(*item, key));
  return values;
}

std::vector<TuningObject> TuningObject::objects(std::string_view key) const {
  std::vector<TuningObject> out;
  for (const YamlNode* item : items(key)) out.emplace_back(*item, path_ + "." + std::string(key), source_);
  return out;
}

TuningObject TuningObject::object(std::string_view key) const {
  const YamlNode* found = find(key);
  if (found == nullptr) fail(*node_, "lacks " + std::string(key));
  return {*found, path_ + "." + std::string(key), source_};
}

void TuningObject::fail(const YamlNode& node, const std::string& what) const {
  throw Error(place_of(node, source_) + ": " + path_ + " " + what);
}

std::vector<const YamlNode*> TuningObject::items(std::string_view key) const {
  const YamlNode* list = find(key);
  if (list == nullptr || list->kind == YamlNode::Kind::kNull) return {};
  if (list->kind != YamlNode::Kind::kList) {
    fail(*list, std::string(key) + " is " + std::string(name_of(list->kind)) + ", expected a list");
  }
  std::vector<const YamlNode*> out;
  for (const YamlNode& item : list->items) out.push_back(&item);
  if (!out.empty() && out.back()->kind == YamlNode::Kind::kNull) out.pop_back();  // what a trailing comma leaves
  return out;
}

float TuningObject::number(const YamlNode& node, std::string_view key) const {
  const std::string path = path_ + "." + std::string(key);
  if (node.kind != YamlNode::Kind::kScalar) fail(node, std::string(key) + " is " + std::string(name_of(node.kind)) + ", expected a number");
  float value = 0;
  FieldList list;
  list.field(path, value, {});
  assign(list.fields().front(), node.scalar, place_of(node, source_));
  return value;
}

Mat3 correction_of(const TuningObject& object, std::string_view key) {
  constexpr float kMostOff = 0.1f;
  const std::vector<float> flat = object.numbers(key);
  if (flat.size() != 9) object.fail(std::string(key) + " has " + std::to_string(flat.size()) + " numbers, expected 9");
  Mat3 out;
  for (std::size_t i = 0; i < 9; i += 3) {
    const float sum = flat[i] + flat[i + 1] + flat[i + 2];
    if (!(std::abs(sum - 1) < kMostOff)) object.fail(std::string(key) + " has a row that sums to " + std::to_string(sum) + ", expected 1");
    for (std::size_t k = i; k < i + 3; k++) out[k] = flat[k] / sum;
  }
  return out;
}

}  // namespace argent
