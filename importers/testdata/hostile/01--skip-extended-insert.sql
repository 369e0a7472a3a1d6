/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: hostile
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `t0 t√§ble`
--

DROP TABLE IF EXISTS `t0 t√§ble`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `t0 t√§ble` (
  `n` int(11) NOT NULL,
  `x y 0` text CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `a.b 1` bigint(20) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `select 2` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `(x 3` decimal(20,6) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `x,y 4` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `(x 5` datetime DEFAULT NULL COMMENT 'it''s; a \\ comment',
  PRIMARY KEY (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `t0 t√§ble`
--

LOCK TABLES `t0 t√§ble` WRITE;
/*!40000 ALTER TABLE `t0 t√§ble` DISABLE KEYS */;
INSERT INTO `t0 t√§ble` VALUES (0,NULL,4756070060418258320,'√©\'/*!40000 \"\\ƒ±',NULL,'_‚Ä®√ø\'\'*/	\r\n',NULL);
INSERT INTO `t0 t√§ble` VALUES (1,'#',NULL,'_\0',NULL,NULL,NULL);
INSERT INTO `t0 t√§ble` VALUES (2,'DELIMITER ;;\n/*!40000 \\_\\_\'\'NULL_#',703883706864206817,NULL,-279368318.280026,'_\\_ \0NULLü¶ä\"\"√© ‚Ç¨','2026-11-21 19:13:03');
INSERT INTO `t0 t√§ble` VALUES (3,'0x41	NULL\"\"√©NULL%\0),(',-5921798571177235822,'NULL*/#/*!40000 \n',-1071132166.838229,'-- Dump completed onNULL','2026-11-21 19:13:06');
INSERT INTO `t0 t√§ble` VALUES (4,'	\"\"\"\"*/;',6921091184454039686,'\\_	/*\\\\\'\"√ø\0*/;',-169673611.409291,'NULL	 ÃÅDELIMITER ;;\n;Â±±','2026-11-21 19:13:19');
INSERT INTO `t0 t√§ble` VALUES (5,NULL,9118951156064156242,'\Z\"\"*/#x 	',NULL,'ƒ±\\%','2026-11-21 19:13:21');
INSERT INTO `t0 t√§ble` VALUES (6,'*/;NULL-- \n',8554444402993960742,'NULL#\r\n#ÃÅ`ü¶ä\Z',-487778277.335715,NULL,'2026-11-21 19:13:39');
INSERT INTO `t0 t√§ble` VALUES (7,NULL,-4149547620502039718,'\\',-516973516.936822,'ƒ±\'',NULL);
INSERT INTO `t0 t√§ble` VALUES (8,'/*!40000 */;\'\'x`*/;#\\%*/;',-8712598860091807772,'ÃÅx_ƒ±*/; ',107322422.228945,'\'-- Dump completed on),(	`',NULL);
INSERT INTO `t0 t√§ble` VALUES (9,'\Z√©\n\'\0\\\\\');\nINSERT INTO `t0` VALUES (1,\'\"\"#0x41',4038878212404215654,'_\";*/;\\%*/;\\√ø√ø',-490910607.116169,NULL,NULL);
INSERT INTO `t0 t√§ble` VALUES (10,'NULL\Z*/\\%\'\n\0NULL',973845940418787168,';`/*!40000 ',1213474103.593066,'\"\"\'#\\_/*!40000 #0x410x41ÃÅ','2026-11-21 19:13:05');
INSERT INTO `t0 t√§ble` VALUES (11,NULL,815414541297795680,'-- Dump completed onNULL\\/*ƒ±',1565082144.877943,'\0\'	','2026-11-21 19:13:52');
INSERT INTO `t0 t√§ble` VALUES (12,'\\-- ',3132864660140681780,NULL,123929120.652532,'NULL	','2026-11-21 19:13:36');
INSERT INTO `t0 t√§ble` VALUES (13,'\\%/*!40000 \"\"',-7233312943778251496,'\\%ÃÅ\\\\_`\'',517402495.343763,'\'\'ƒ±`\\\\\'*/;-- ','2026-11-21 19:13:34');
INSERT INTO `t0 t√§ble` VALUES (14,'\'\'%NULL',4738626197587722171,'NULL√©\'\'-- Dump completed on',-906309765.562385,'-- Dump completed onNULL);\nINSERT INTO `t0` VALUES (1,\'\"\"%\r\n\'*/;',NULL);
INSERT INTO `t0 t√§ble` VALUES (15,' \\_\'-- Dump completed on',8535138233061732303,'	Â±±\\\\\'\'-- Dump completed on\Z/*\\_ƒ±ü¶ä',1257129855.875727,'-- \\%‚Ç¨\Z\0','2026-11-21 19:13:54');
INSERT INTO `t0 t√§ble` VALUES (16,'\\‚Ç¨-- Dump completed on\0-- NULL);\nINSERT INTO `t0` VALUES (1,\'\"_\r\n\\',9012461833140234629,'ƒ±-- \r\n\'√øƒ±‚Ç¨√©',-9497518.951486,'\\\\\'%),(ÃÅNULL','2026-11-21 19:13:15');
INSERT INTO `t0 t√§ble` VALUES (17,';',6284413202675615824,'\"\n\0ü¶äü¶ä\'\'0x41\'\'-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',2843067826.523620,NULL,'2026-11-21 19:13:32');
INSERT INTO `t0 t√§ble` VALUES (18,'xxDELIMITER ;;\n\"',7838835414887840001,'/*!40000 -- Dump completed onÂ±±);\nINSERT INTO `t0` VALUES (1,\'‚Ç¨‚Ä®#\'\'*/\0*/',1278550118.421014,';‚Ç¨','2026-11-21 19:13:13');
INSERT INTO `t0 t√§ble` VALUES (19,'\"',189917386976693914,'\'ÃÅ*/\0_',372912591.435076,NULL,NULL);
INSERT INTO `t0 t√§ble` VALUES (20,'\Z);\nINSERT INTO `t0` VALUES (1,\'\r\n-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',-3720743721904684252,'%\\\\\'',320279505.155945,' ','2026-11-21 19:13:16');
INSERT INTO `t0 t√§ble` VALUES (21,'\\_*/;',2445143668055639052,' \'',-322763056.753203,NULL,'2026-11-21 19:13:54');
INSERT INTO `t0 t√§ble` VALUES (22,'\0-- Dump completed on\\',-666358697574076655,'ƒ±);\nINSERT INTO `t0` VALUES (1,\'\n),(\\%‚Ç¨\\%	;',884246826.107188,'_x`','2026-11-21 19:13:30');
INSERT INTO `t0 t√§ble` VALUES (23,'-- Dump completed on);\nINSERT INTO `t0` VALUES (1,\'',-4842164207229447447,'0x41\\\\\'\0/*!40000 0x41',1586063557.814909,NULL,'2026-11-21 19:13:09');
INSERT INTO `t0 t√§ble` VALUES (24,'\0#',NULL,'#',-348414492.194431,'x\r\nÃÅ\\_0x41 \'','2026-11-21 19:13:30');
/*!40000 ALTER TABLE `t0 t√§ble` ENABLE KEYS */;
UNLOCK TABLES;
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET @saved_cs_results     = @@character_set_results */ ;
/*!50003 SET @saved_col_connection = @@collation_connection */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET character_set_results = utf8mb4 */ ;
/*!50003 SET collation_connection  = utf8mb4_general_ci */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'NO_AUTO_VALUE_ON_ZERO' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER tr BEFORE INSERT ON `t0 t√§ble` FOR EACH ROW SET @x = 'it''s; /*!40000 */ -- DELIMITER ;;' 
*/;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
/*!50003 SET character_set_results = @saved_cs_results */ ;
/*!50003 SET collation_connection  = @saved_col_connection */ ;

--
-- Table structure for table `t1 Ë°®`
--

DROP TABLE IF EXISTS `t1 Ë°®`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `t1 Ë°®` (
  `n` int(11) NOT NULL,
  `KEY 0` longblob DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `-- x 1` text CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL COMMENT 'it''s; a \\ comment',
  `VALUES 2` varchar(600) DEFAULT NULL COMMENT 'it''s; a \\ comment',
  PRIMARY KEY (`n`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `t1 Ë°®`
--

LOCK TABLES `t1 Ë°®` WRITE;
/*!40000 ALTER TABLE `t1 Ë°®` DISABLE KEYS */;
INSERT INTO `t1 Ë°®` VALUES (0,NULL,'\'\'*/','*/‚Ä®ÃÅÃÅ\"),();\nINSERT INTO `t0` VALUES (1,\'');
INSERT INTO `t1 Ë°®` VALUES (1,'5≤»Ìº5•5','\'\'0x41  \\-- Dump completed on','');
INSERT INTO `t1 Ë°®` VALUES (2,'-- \0\"\";\"\"√©√©`	\"','\\%','-- Dump completed onDELIMITER ;;\n);\nINSERT INTO `t0` VALUES (1,\'Â±±;\r\n\\_*/;ü¶ä-- Dump completed on*/;');
INSERT INTO `t1 Ë°®` VALUES (3,'	-- Dump completed on-- Dump completed on√©# ','\"0x41\0\"`','\'ü¶ä\\_*/');
INSERT INTO `t1 Ë°®` VALUES (4,'x √ø`\\#DELIMITER ;;\n/*),(‚Ä®\\','0x41*/\'\\\\\'\0_\\\\\'\\\\\'\0','\Z\n\r\n/*	√©),(ÃÅ\'*/√©');
INSERT INTO `t1 Ë°®` VALUES (5,'Nó	ù„V“¿xŒı,Î±ò\\ﬁ|√-h©@“ŸR[Yé+˘oìø8','√©\0\'\';),(),(#','‚Ç¨');
INSERT INTO `t1 Ë°®` VALUES (6,'¥êÒö≤pú\n–û!4»Æ.4Np$ÙFùÀà∏˜á√É*œjä\",>+kQNG±®ë„5õØ.«›','','\'√©x\\');
INSERT INTO `t1 Ë°®` VALUES (7,'#);\nINSERT INTO `t0` VALUES (1,\');\nINSERT INTO `t0` VALUES (1,\'),(\\','/*\'\'\r\n\'\');\nINSERT INTO `t0` VALUES (1,\'\0  ;',NULL);
INSERT INTO `t1 Ë°®` VALUES (8,'','\\_NULL\\-- Dump completed on`√ø_\n	','/*NULL#‚Ä®ƒ±√©/*\'\'');
INSERT INTO `t1 Ë°®` VALUES (9,'Liúµ‹çA‹}§ˆE‹|','\\_*/\'',NULL);
INSERT INTO `t1 Ë°®` VALUES (10,'ƒ±/*-- \\%ÃÅ),(\\\\\'ÃÅ%_','DELIMITER ;;\n*/;√©\\\\\'\'\\_','	`0x41-- \'\Z');
INSERT INTO `t1 Ë°®` VALUES (11,'xƒ±	\\','\Z-- DELIMITER ;;\n#x‚Ç¨NULL%);\nINSERT INTO `t0` VALUES (1,\'','	');
INSERT INTO `t1 Ë°®` VALUES (12,'7•{Ú\n#FÕ≈ ò8„2PÜIU±‘ ÊKÔ','*/;\"\"\Z/*\0`‚Ç¨\\\\\'\0','NULLü¶ä/*!40000 ü¶ä0x41\"\"‚Ç¨*/;');
INSERT INTO `t1 Ë°®` VALUES (13,'/*!40000 x',';\r\n#;	\n√©',';/*!40000 */;);\nINSERT INTO `t0` VALUES (1,\';');
INSERT INTO `t1 Ë°®` VALUES (14,NULL,NULL,'-- -- \n	‚Ç¨√ø);\nINSERT INTO `t0` VALUES (1,\' ');
INSERT INTO `t1 Ë°®` VALUES (15,'/*`ÃÅ',NULL,'√ø%%/*!40000 \'');
INSERT INTO `t1 Ë°®` VALUES (16,';ü¶ä\\%ƒ±\'\'Â±±\r\n\n),(\0\'\'','\\_\'\'\'\'-- Dump completed on*/‚Ç¨-- \\_#0x41x',NULL);
INSERT INTO `t1 Ë°®` VALUES (17,';NULLü¶ä),(‚Ç¨x','','\\_-- √ø);\nINSERT INTO `t0` VALUES (1,\'\"\"');
INSERT INTO `t1 Ë°®` VALUES (18,'!ÍÈX¢Ü/ÃÊ™E7!ÛKVEgbd˚∏ºÙÁ‘áN¶Fjj-«˚Á-—','√©\0-- ','\\\\\'\\\ZÂ±±\\');
INSERT INTO `t1 Ë°®` VALUES (19,'RB¢¿Ë(Z•ıYŒàÉrˇÆv3ÔT‚',NULL,'`√©;ÃÅ');
INSERT INTO `t1 Ë°®` VALUES (20,'IÅ«∆hó3S<Î/waÊ','','\0/*!40000 x*/_\r\n\"0x41');
INSERT INTO `t1 Ë°®` VALUES (21,'ü¶ä_NULL\0√©NULLƒ±ƒ±\Z\'\'√©','\ZNULLx/*\"\"-- Dump completed on','√©),(),(),(\\‚Ç¨),();\nINSERT INTO `t0` VALUES (1,\'NULL/*');
INSERT INTO `t1 Ë°®` VALUES (22,'‚Ç¨ü¶ä\"\"\\\\\'','	`-- Dump completed on`0x41','√ø');
INSERT INTO `t1 Ë°®` VALUES (23,'',NULL,'Â±±_\'\Z\\%/*!40000 √©\'√ø*/;\"\"');
/*!40000 ALTER TABLE `t1 Ë°®` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Temporary table structure for view `v`
--

DROP TABLE IF EXISTS `v`;
/*!50001 DROP VIEW IF EXISTS `v`*/;
SET @saved_cs_client     = @@character_set_client;
SET character_set_client = utf8mb4;
/*!50001 CREATE VIEW `v` AS SELECT
 NULL AS `n` */;
SET character_set_client = @saved_cs_client;

--
-- Final view structure for view `v`
--

/*!50001 DROP VIEW IF EXISTS `v`*/;
/*!50001 SET @saved_cs_client          = @@character_set_client */;
/*!50001 SET @saved_cs_results         = @@character_set_results */;
/*!50001 SET @saved_col_connection     = @@collation_connection */;
/*!50001 SET character_set_client      = utf8mb4 */;
/*!50001 SET character_set_results     = utf8mb4 */;
/*!50001 SET collation_connection      = utf8mb4_general_ci */;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */
/*!50001 VIEW `v` AS select `t0 t√§ble`.`n` AS `n` from `t0 t√§ble` */;
/*!50001 SET character_set_client      = @saved_cs_client */;
/*!50001 SET character_set_results     = @saved_cs_results */;
/*!50001 SET collation_connection      = @saved_col_connection */;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-21 22:05:53
