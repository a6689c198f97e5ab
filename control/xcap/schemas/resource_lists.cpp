#include "control/xcap/schemas/schemas.hpp"

namespace stirline::control::schemas {

const std::string_view kResourceLists = R"xsd(<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:rl="urn:ietf:params:xml:ns:resource-lists"
           targetNamespace="urn:ietf:params:xml:ns:resource-lists" elementFormDefault="qualified">

  <xs:element name="resource-lists">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="list" type="rl:list" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>

  <xs:complexType name="list">
    <xs:sequence>
      <xs:element name="display-name" type="rl:display-name" minOccurs="0"/>
      <xs:choice minOccurs="0" maxOccurs="unbounded">
        <xs:element name="list" type="rl:list"/>
        <xs:element name="external" type="rl:external"/>
        <xs:element name="entry" type="rl:entry"/>
        <xs:element name="entry-ref" type="rl:entry-ref"/>
        <xs:any namespace="##other" processContents="lax"/>
      </xs:choice>
    </xs:sequence>
    <xs:attribute name="name" type="xs:string"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:complexType>

  <xs:complexType name="external">
    <xs:sequence>
      <xs:element name="display-name" type="rl:display-name" minOccurs="0"/>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="anchor" type="xs:anyURI"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:complexType>

  <xs:complexType name="entry">
    <xs:sequence>
      <xs:element name="display-name" type="rl:display-name" minOccurs="0"/>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="uri" type="xs:anyURI" use="required"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:complexType>

  <xs:complexType name="entry-ref">
    <xs:sequence>
      <xs:element name="display-name" type="rl:display-name" minOccurs="0"/>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attribute name="ref" type="xs:anyURI" use="required"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:complexType>

  <!-- xml:lang is among the attributes of other namespaces -->
  <xs:complexType name="display-name">
    <xs:simpleContent>
      <xs:extension base="xs:string">
        <xs:anyAttribute namespace="##other" processContents="lax"/>
      </xs:extension>
    </xs:simpleContent>
  </xs:complexType>
</xs:schema>
)xsd";

}  // namespace stirline::control::schemas
