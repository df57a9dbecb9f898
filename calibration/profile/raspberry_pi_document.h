// calibration/profile/raspberry_pi_document.h - private: a Raspberry Pi tuning as a document that is edited: what is not known stays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "isp/io/yaml_document.h"

namespace argent {

enum class RaspberryPiTarget { kVc4, kPisp };

/// Always of version 2: {"version": 2.0, "target": ..., "algorithms": [{name: {...}}, ...]}. Version 1 becomes that when it is read.
class RaspberryPiDocument {
 public:
  explicit RaspberryPiDocument(RaspberryPiTarget target);
  /// Trailing commas and YAML's comments are read over. Throws Error "<source>:<line>: ...".
  RaspberryPiDocument(std::string_view json, std::string_view source);

  RaspberryPiTarget target() const { return target_; }

  /// The parameters of an algorithm; nullptr: it is not there.
  YamlNode* find(std::string_view algorithm);
  /// The same; an algorithm that is not there is put where the others of its kind have it: their order is the order of execution.
  YamlNode& need(std::string_view algorithm);

  /// Tables, weights and names become those of another ISP. Returns a line on each thing that is not as it was.
  std::vector<std::string> retarget(RaspberryPiTarget target);

  std::string json() const;

 private:
  YamlNode& list();

  YamlNode root_;
  RaspberryPiTarget target_;
  std::string source_;
};

}  // namespace argent
