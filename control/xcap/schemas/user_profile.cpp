#include "control/xcap/schemas/schemas.hpp"

namespace stirline::control::schemas {

const std::string_view kUserProfile = R"xsd(<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:up="urn:stirline:xml:ns:user-profile"
           targetNamespace="urn:stirline:xml:ns:user-profile" elementFormDefault="qualified">

  <xs:element name="profile">
    <xs:complexType>
      <xs:all>
        <xs:element name="group" type="up:group" minOccurs="0"/>
        <xs:element name="sphere" type="up:sphere" minOccurs="0"/>
        <xs:element name="presence" type="up:presence" minOccurs="0"/>
        <xs:element name="activities" type="up:activities" minOccurs="0"/>
        <xs:element name="call-state" type="up:call-state" minOccurs="0"/>
      </xs:all>
    </xs:complexType>
  </xs:element>

  <xs:simpleType name="group">
    <xs:restriction base="xs:token">
      <xs:enumeration value="none"/>
      <xs:enumeration value="closed"/>
      <xs:enumeration value="semi-open"/>
      <xs:enumeration value="open"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="sphere">
    <xs:restriction base="xs:token">
      <xs:maxLength value="255"/>
      <xs:pattern value="\S*"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="presence">
    <xs:restriction base="xs:token">
      <xs:enumeration value="unknown"/>
      <xs:enumeration value="open"/>
      <xs:enumeration value="closed"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="words">
    <xs:list itemType="xs:token"/>
  </xs:simpleType>
  <xs:simpleType name="activities">
    <xs:restriction base="up:words">
      <xs:maxLength value="32"/>
    </xs:restriction>
  </xs:simpleType>

  <xs:simpleType name="call-state">
    <xs:restriction base="xs:token">
      <xs:enumeration value="unknown"/>
      <xs:enumeration value="idle"/>
      <xs:enumeration value="busy"/>
      <xs:enumeration value="no-answer"/>
      <xs:enumeration value="not-registered"/>
      <xs:enumeration value="ringing"/>
    </xs:restriction>
  </xs:simpleType>
</xs:schema>
)xsd";

}  // namespace stirline::control::schemas
