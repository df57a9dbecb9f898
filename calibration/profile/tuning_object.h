// calibration/profile/tuning_object.h - private: one object of a tuning file; what is wrong in it becomes an Error that says where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "isp/color.h"
#include "isp/io/yaml_document.h"

namespace argent {

class TuningObject {
 public:
  /// `path` is what errors call it. `node` and `source` must outlive it. Throws Error when `node` is no map.
  TuningObject(const YamlNode& node, std::string path, std::string_view source);

  const YamlNode* find(std::string_view key) const { return node_->find(key); }

  float number(std::string_view key, float otherwise) const;
  float need(std::string_view key) const;
  /// Empty when the key is absent.
  std::vector<float> numbers(std::string_view key) const;
  std::vector<TuningObject> objects(std::string_view key) const;
  /// The object of a key that is there.
  TuningObject object(std::string_view key) const;

  [[noreturn]] void fail(const std::string& what) const { fail(*node_, what); }

 private:
  [[noreturn]] void fail(const YamlNode& node, const std::string& what) const;
  std::vector<const YamlNode*> items(std::string_view key) const;
  float number(const YamlNode& node, std::string_view key) const;

  const YamlNode* node_;
  std::string path_;
  std::string_view source_;
};

/// Nine numbers as a matrix that keeps white: rows that sum to nearly 1, as rounding leaves them, are divided by their sum.
Mat3 correction_of(const TuningObject& object, std::string_view key);

}  // namespace argent
